import {
  BackfillRequestSchema, BackfillStatusSchema, GetBackfillRequestSchema, GetLagRequestSchema, GetLagResponseSchema, GetStatusRequestSchema,
  GetStatusResponseSchema, ListDeadLettersRequestSchema, ListDeadLettersResponseSchema, ReplayDeadLettersRequestSchema, ReplayDeadLettersResponseSchema,
  SetPausedRequestSchema, SetPausedResponseSchema, ShowDeadLetterRequestSchema, ShowDeadLetterResponseSchema,
} from '@arqonbus/proto';

/** Operations of the projector (proto/continuum/projector/v1/control.proto). */
export const operations = {
  status: { name: 'projector.status', request: GetStatusRequestSchema, response: GetStatusResponseSchema },
  lag: { name: 'projector.lag', request: GetLagRequestSchema, response: GetLagResponseSchema },
  listDeadLetters: { name: 'projector.dead_letters.list', request: ListDeadLettersRequestSchema, response: ListDeadLettersResponseSchema },
  showDeadLetter: { name: 'projector.dead_letters.show', request: ShowDeadLetterRequestSchema, response: ShowDeadLetterResponseSchema },
  replayDeadLetters: { name: 'projector.dead_letters.replay', request: ReplayDeadLettersRequestSchema, response: ReplayDeadLettersResponseSchema },
  backfill: { name: 'projector.backfill', request: BackfillRequestSchema, response: BackfillStatusSchema },
  getBackfill: { name: 'projector.backfill.status', request: GetBackfillRequestSchema, response: BackfillStatusSchema },
  pause: { name: 'projector.pause', request: SetPausedRequestSchema, response: SetPausedResponseSchema },
  resume: { name: 'projector.resume', request: SetPausedRequestSchema, response: SetPausedResponseSchema },
} as const;
