import { parseArgs } from 'node:util';
import { fanoutCaseIds } from './fanout-cases.js';
import { caseIdsBySuite, suiteNames, type SuiteName } from './suite-cases.js';

export interface BenchArguments {
  readonly suite: SuiteName;
  readonly isQuick: boolean;
  /** Rows of the suite, all of them by default. */
  readonly caseIds: readonly string[];
  readonly side: 'both' | 'ours' | 'peer';
  readonly peerVersion: 'path' | 'newest';
  readonly jsonFile: string | undefined;
  readonly markdownFile: string | undefined;
  readonly svgFile: string | undefined;
}

export type ParsedArguments = { readonly kind: 'help' } | { readonly kind: 'wrong'; readonly reason: string } | { readonly kind: 'run'; readonly options: BenchArguments };

export const helpText = `Usage: npm run bench -- --suite NAME [options]

  fanout   deliveries per second of one publisher to 1, 10, 100 and 1,000 subscribers on one server core, the
           Spine beside nats-server over WebSocket, in alternating rounds under the same load
  durable  acknowledged messages per second of one publisher, the Spine on Redis Streams beside JetStream's file
           storage through nats.js, in alternating rounds; each as lax and as strict in syncing as the other
  replay   history out of memory, messages per second on one server core
  resume   a thousand open connections that join 20 messages behind at once: time to the last missed message
  memory   peak memory under a publisher at full speed; fast readers beside one that never reads
  casil    content inspection: what it finds in the corpus beside gitleaks, and what it costs, on and off
  projector  episodes from a filled room into PostgreSQL beside a transaction per event; lag under a steady load; memory
           while the database is away

  --suite NAME         fanout (${fanoutCaseIds.join(', ')}),
${suiteNames.filter((name) => name !== 'fanout').map((name) => `                       ${name} (${caseIdsBySuite[name].join(', ')})`).join(',\n')}
  --quick              fewer and shorter rounds; ends within 90 seconds
  --case ID            only this case; repeat for more
  --side SIDE          both (default), ours or peer
  --peer-version V     of the fanout suite: path (default): the nats-server on PATH, else installed by apt where
                       possible; newest: a pinned newer version, built once by go into .cache/
  --json FILE          writes {results: [{id, ours, peer, ratio, unit, rounds, note, ...}]}
  --markdown FILE      writes the suite's part of docs/benchmarks.md, with method and machine; other parts stay
  --svg FILE           of the fanout suite: writes a bar plot of the ratios
  --help               this text

Progress goes to stderr, the table to stdout. Exit codes: 0 measured (also without a server that a peer or a store
needs: its figures are then null and the note says why), 1 a server failed or a message was lost, 2 wrong arguments.
`;

/** Reads the command line; nothing is guessed and unknown arguments are refused. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  try {
    const { values } = parseArgs({ args: [...argv], options: optionTypes, strict: true, allowPositionals: false });
    if (values.help === true) return { kind: 'help' };
    if (values.suite === undefined) throw new Error('--suite is missing');
    const suite = oneOf('--suite', values.suite, suiteNames);
    const allIds: readonly string[] = caseIdsBySuite[suite];
    return {
      kind: 'run',
      options: {
        suite,
        isQuick: values.quick ?? false,
        caseIds: values.case === undefined ? allIds : values.case.map((id) => oneOf('--case', id, allIds)),
        side: oneOf('--side', values.side ?? 'both', ['both', 'ours', 'peer']),
        peerVersion: oneOf('--peer-version', values['peer-version'] ?? 'path', ['path', 'newest']),
        jsonFile: values.json,
        markdownFile: values.markdown,
        svgFile: values.svg,
      },
    };
  } catch (error) {
    return { kind: 'wrong', reason: error instanceof Error ? error.message : String(error) };
  }
}

const optionTypes = {
  suite: { type: 'string' },
  quick: { type: 'boolean' },
  case: { type: 'string', multiple: true },
  side: { type: 'string' },
  'peer-version': { type: 'string' },
  json: { type: 'string' },
  markdown: { type: 'string' },
  svg: { type: 'string' },
  help: { type: 'boolean' },
} as const;

function oneOf<Value extends string>(name: string, given: string, allowed: readonly Value[]): Value {
  const value = allowed.find((candidate) => candidate === given);
  if (value === undefined) throw new Error(`${name} must be one of ${allowed.join(', ')}, not ${given}`);
  return value;
}
