import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { isUuid } from '@arqonbus/continuum';
import { BackfillStatusSchema, type BackfillStatus } from '@arqonbus/proto';
import { isArqonError } from '@arqonbus/sdk';
import { isClientId } from '@arqonbus/tenancy';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError, usageError } from '../../cli-error.js';
import type { CommandContext } from '../../command-context.js';
import type { CommandHandler } from '../../command-line/command-spec.js';
import type { CommandLine } from '../../command-line/command-line.js';
import { timeOption } from '../time-option.js';
import { backfillLine, countsText } from './backfill-text.js';
import { messageObject } from './message-json.js';
import { operations } from './operations.js';
import { withProjector, type Projector } from './with-projector.js';

const pollMs = 500;

interface Window {
  readonly from: Date;
  readonly to: Date;
}

/** `arqon projector backfill`: projects a window of the topic again; --id alone tells of one that was started before. */
export const runBackfillCommand: CommandHandler = async (line, context) => {
  const id = line.value('id');
  if (id !== undefined && !isUuid(id)) throw usageError(`--id "${id}" is no UUID`, 'Leave --id out, and one is made.');
  const window = windowOf(line);
  const backfillId = id ?? randomUUID();
  const agent = line.value('agent');
  if (agent !== undefined && !isClientId(agent)) throw usageError(`--agent ${JSON.stringify(agent)} is no id of an agent`, 'It is 1 to 128 of A-Z, a-z, 0-9, ., _, @ and -, and begins with a letter or digit.');
  await withProjector(line, context, async (projector) => {
    const begun = window === undefined
      ? await projector.call(operations.getBackfill, { backfillId })
      : await projector.call(operations.backfill, {
        backfillId, from: timestampFromDate(window.from), to: timestampFromDate(window.to), agentId: agent ?? '', dryRun: line.has('dry-run'),
      });
    const status = line.has('wait') ? await settled(projector, begun, context) : begun;
    await context.output.result(backfillLine(status), messageObject(BackfillStatusSchema, status));
    if (status.state === 'failed') throw new CliError('failure', status.errorCode, `the backfill failed: ${status.reason}`, { next: 'What it did stays; start another one with a new id when the reason is gone.' });
    if (status.state === 'running' && !line.has('wait')) context.output.note(`it goes on; \`arqon projector backfill --id ${backfillId} --wait\` waits for its end`, { event: 'running', backfillId });
  });
};

/** Undefined where --id alone is given. */
function windowOf(line: CommandLine): Window | undefined {
  const from = line.value('from');
  const to = line.value('to');
  const isLook = line.has('id') && from === undefined && to === undefined;
  if (isLook) {
    const stray = ['agent', 'dry-run'].find((option) => line.has(option));
    if (stray !== undefined) throw usageError(`--${stray} goes with --from and --to`);
    return undefined;
  }
  if (from === undefined || to === undefined) throw usageError(`projector backfill needs --${from === undefined ? 'from' : 'to'}`, 'A backfill is of a window with both ends, by the time of the bus.');
  const window = { from: timeOption('from', from), to: timeOption('to', to) };
  if (window.from.getTime() < 0) throw usageError('--from is before 1970', 'A backfill is by the time of the bus.');
  if (window.from >= window.to) throw usageError('--to is not after --from');
  return window;
}

/** Waits for the end, and tells how far it is, also while no projector is there: the backfill waits for one as well. A signal ends the wait alone. */
async function settled(projector: Projector, begun: BackfillStatus, { output, interruption }: CommandContext): Promise<BackfillStatus> {
  const { backfillId } = begun;
  let status = begun;
  let told = '';
  let absence: string | undefined;
  try {
    while (status.state === 'running') {
      const progress = countsText(status);
      if (progress !== told) output.note(progress, { event: 'progress', ...messageObject(BackfillStatusSchema, status) });
      told = progress;
      await sleep(pollMs, undefined, { signal: interruption.signal });
      const answer = await answerOf(projector, backfillId);
      status = answer.status ?? status;
      if (answer.absence !== absence && answer.absence !== undefined) output.note(`it waits: ${answer.absence}`, { event: 'waiting', backfillId, reason: answer.absence });
      absence = answer.absence;
    }
    return status;
  } catch (error) {
    if (interruption.exit !== undefined) output.note(`the backfill goes on; \`arqon projector backfill --id ${backfillId}\` tells how far it is`, { event: 'running', backfillId });
    throw error;
  }
}

const passing: ReadonlySet<string> = new Set(['NO_RESPONDERS', 'TIMEOUT', 'PROJECTION_UNAVAILABLE']);

/** How far it is, or why nobody can tell now. */
async function answerOf(projector: Projector, backfillId: string): Promise<{ readonly status?: BackfillStatus; readonly absence?: string }> {
  try {
    return { status: await projector.call(operations.getBackfill, { backfillId }) };
  } catch (error) {
    if (!(error instanceof CliError || isArqonError(error)) || !passing.has(error.code)) throw error;
    return { absence: error instanceof CliError ? error.message : 'the database of the projector is away' };
  }
}
