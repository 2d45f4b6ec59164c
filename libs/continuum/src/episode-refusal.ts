import type { ErrorCode } from '@arqonbus/errors';

/** Why an event is no episode event; caught by readEpisode alone. The reason never holds content. */
export class EpisodeRefusal extends Error {
  override readonly name = 'EpisodeRefusal';

  constructor(
    readonly code: ErrorCode,
    /** Path in the event, as `payload.tags`; '' for the event as a whole. */
    readonly field: string,
    readonly reason: string,
  ) {
    super(reason);
  }
}
