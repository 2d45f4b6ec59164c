import { GetLagResponseSchema, GetStatusResponseSchema, SetPausedResponseSchema, type GetLagResponse, type GetStatusResponse } from '@arqonbus/proto';
import type { CommandHandler } from '../../command-line/command-spec.js';
import { visible } from '../../output/message-lines.js';
import { backfillLine } from './backfill-text.js';
import { messageObject } from './message-json.js';
import { operations } from './operations.js';
import { withProjector } from './with-projector.js';

/** `arqon projector status`: what the projectors of the tenant say of themselves. */
export const runStatusCommand: CommandHandler = (line, context) => withProjector(line, context, async (projector) => {
  const status = await projector.call(operations.status, {});
  await context.output.result(statusText(status), messageObject(GetStatusResponseSchema, status));
});

/** `arqon projector lag`: how far the projection is behind the topic. */
export const runLagCommand: CommandHandler = (line, context) => withProjector(line, context, async (projector) => {
  const lag = await projector.call(operations.lag, {});
  await context.output.result(lagText(lag), messageObject(GetLagResponseSchema, lag));
});

/** `arqon projector pause` and `resume`. */
export function pauseCommand(isPaused: boolean): CommandHandler {
  return (line, context) => withProjector(line, context, async (projector) => {
    const state = await projector.call(isPaused ? operations.pause : operations.resume, {});
    await context.output.result(state.isPaused ? 'paused' : 'not paused', messageObject(SetPausedResponseSchema, state));
  });
}

function statusText(status: GetStatusResponse): string {
  const { tenantId, isPaused, isPartial = false, instances, partitions, episodes, deadLetters, readiness, reasons, backfills } = status;
  const state = reasons.length === 0 ? readiness : `${readiness} (${reasons.join(', ')})`;
  const known = (count: number | bigint): string => isPartial ? 'not known' : String(count);
  return [
    `tenant ${visible(tenantId)}${isPaused ? ', paused' : ''}`,
    `  readiness     ${visible(state)}`,
    ...(isPartial ? ['  the database did not answer in time: this is what one projector knows by itself'] : []),
    `  instances     ${known(instances)}`,
    `  episodes      ${known(episodes)}`,
    `  dead letters  ${known(deadLetters)}`,
    ...partitions.map(({ partition, instance, epoch, sequence }) => `  partition ${String(partition).padStart(3)} ${instance === '' ? 'nobody' : visible(instance)} ${String(epoch)}/${String(sequence)}`),
    ...backfills.map((backfill) => `  backfill ${backfillLine(backfill)}`),
  ].join('\n');
}

function lagText({ headEpoch, headSequence, projectedSequence, events, seconds }: GetLagResponse): string {
  return `${String(events)} events, ${seconds.toFixed(1)} s behind: projected up to ${String(projectedSequence)} of ${String(headSequence)} in epoch ${String(headEpoch)}`;
}
