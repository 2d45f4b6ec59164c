import type { CommandGroup, CommandSpec, OptionSpec } from '../../command-line/command-spec.js';
import { connectionOptions } from '../../connection/connection-options.js';

const options: readonly OptionSpec[] = [
  { name: 'tenant', kind: 'value', value: 'TENANT', doc: 'Tenant of the token that is made for a local bus, default dev; one that is given must be of it' },
  ...connectionOptions,
];

function plain(name: string, summary: string, load: CommandSpec['load']): CommandSpec {
  return { name: `projector ${name}`, summary, operands: [], options, examples: [`arqon projector ${name}`, `arqon projector ${name} --tenant acme --json`], load };
}

/** `arqon projector`: the projectors of one tenant, called through the bus. All of it needs the role admin. */
export const projectorCommands: CommandGroup = {
  name: 'projector',
  summary: 'Looks after the projector of a tenant, through the bus: its state, dead letters, backfills',
  commands: [
    plain('status', 'Shows instances, partitions, dead letters and backfills', async () => (await import('./status.js')).runStatusCommand),
    plain('lag', 'Shows how far the projection is behind the topic', async () => (await import('./status.js')).runLagCommand),
    {
      name: 'projector dlq',
      summary: 'Dead letters: events that could not be projected',
      commands: [
        {
          name: 'projector dlq list',
          summary: 'Lists dead letters, oldest first',
          operands: [],
          options: [
            { name: 'limit', kind: 'value', value: 'N', doc: 'At most N. Default 50' },
            { name: 'after', kind: 'value', value: 'ID', doc: 'Goes on behind this one' },
            { name: 'all', kind: 'flag', doc: 'Those that were replayed, too' },
            ...options,
          ],
          examples: ['arqon projector dlq list', 'arqon projector dlq list --all --limit 1000 --json'],
          load: async () => (await import('./dead-letters.js')).runListCommand,
        },
        {
          name: 'projector dlq show',
          summary: 'Shows one dead letter and what was in it, as JSON where it can be read, else the beginning in hexadecimal digits',
          operands: [{ name: 'ID', isRequired: true, doc: 'Id of the dead letter' }],
          options: [{ name: 'raw', kind: 'value', value: 'FILE', doc: 'Writes the original bytes to the file, open to its owner alone; - is standard output' }, ...options],
          examples: ['arqon projector dlq show 01930b5e-7c3a-7d4e-9a51-0b1f8f2f4c11', 'arqon projector dlq show 01930b5e-7c3a-7d4e-9a51-0b1f8f2f4c11 --raw event.bin'],
          load: async () => (await import('./dead-letters.js')).runShowCommand,
        },
        {
          name: 'projector dlq replay',
          summary: 'Projects dead letters again; ends with 1 when some are refused again',
          operands: [{ name: 'ID', isRequired: false, isRepeated: true, doc: 'Ids of dead letters' }],
          options: [{ name: 'all', kind: 'flag', doc: 'Every open one' }, ...options],
          examples: ['arqon projector dlq replay 01930b5e-7c3a-7d4e-9a51-0b1f8f2f4c11', 'arqon projector dlq replay --all'],
          load: async () => (await import('./dead-letters.js')).runReplayCommand,
        },
      ],
    },
    {
      name: 'projector backfill',
      summary: 'Projects a window of the topic again, or tells with --dry-run what that would change',
      operands: [],
      options: [
        { name: 'from', kind: 'value', value: 'TIME', doc: 'Begin of the window by the time of the bus, such as 2026-01-31T12:00:00Z' },
        { name: 'to', kind: 'value', value: 'TIME', doc: 'End of the window; events of that very time are not in it' },
        { name: 'agent', kind: 'value', value: 'AGENT', doc: 'Episodes of this agent alone' },
        { name: 'dry-run', kind: 'flag', doc: 'Changes nothing' },
        { name: 'id', kind: 'value', value: 'UUID', doc: 'Id of the backfill: with the same window starts nothing twice, alone tells of that backfill. Default: a new one' },
        { name: 'wait', kind: 'flag', doc: 'Waits for the end; a signal ends the wait and not the backfill' },
        ...options,
      ],
      examples: [
        'arqon projector backfill --from 2026-01-31T12:00:00Z --to 2026-01-31T13:00:00Z --dry-run --wait',
        'arqon projector backfill --from 2026-01-31 --to 2026-02-01 --tenant acme --agent planner',
        'arqon projector backfill --id 01930b5e-7c3a-7d4e-9a51-0b1f8f2f4c11 --wait',
      ],
      load: async () => (await import('./backfill.js')).runBackfillCommand,
    },
    plain('pause', 'Stops projecting until resumed; events wait on the bus', async () => (await import('./status.js')).pauseCommand(true)),
    plain('resume', 'Goes on projecting', async () => (await import('./status.js')).pauseCommand(false)),
  ],
};
