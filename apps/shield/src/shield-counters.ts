import { rejectionReasons, type RejectionReason } from '@arqonbus/errors';

/** Plain numbers that the hot path counts; metrics read them when scraped. */
export class ShieldCounters {
  acceptedCount = 0;
  framesInCount = 0;
  bytesInCount = 0;
  framesOutCount = 0;
  bytesOutCount = 0;
  /** Client frames that no welcome covered: the client sends them again. */
  framesIgnoredCount = 0;
  droppedCount = 0;
  laggingCount = 0;
  slowClosedCount = 0;
  linkBytesInCount = 0;
  dialsOkCount = 0;
  dialsFailedCount = 0;
  readonly rejected: Record<RejectionReason, number> = { timeout: 0, tls: 0, too_large: 0, rate_limited: 0, peer_limit: 0, arti_bootstrap: 0 };
  readonly authFailures = new Map<string, number>();

  countAuthFailure(reason: string): void {
    this.authFailures.set(reason, (this.authFailures.get(reason) ?? 0) + 1);
  }

  get rejectedValues(): { attributes: Record<string, string>; value: number }[] {
    return rejectionReasons.map((reason) => ({ attributes: { reason }, value: this.rejected[reason] }));
  }
}
