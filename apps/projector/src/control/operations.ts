import { getBackfill, startBackfill } from './backfill-operations.js';
import { listDeadLetters, replayDeadLetters, showDeadLetter } from './dead-letter-operations.js';
import type { Operation } from './operation.js';
import { getLag, getStatus, pause, resume } from './status-operations.js';

/** Operations of the projector by the name that `Command.call` gives them (proto/continuum/projector/v1/control.proto). */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ['projector.status', getStatus],
  ['projector.lag', getLag],
  ['projector.dead_letters.list', listDeadLetters],
  ['projector.dead_letters.show', showDeadLetter],
  ['projector.dead_letters.replay', replayDeadLetters],
  ['projector.backfill', startBackfill],
  ['projector.backfill.status', getBackfill],
  ['projector.pause', pause],
  ['projector.resume', resume],
]);
