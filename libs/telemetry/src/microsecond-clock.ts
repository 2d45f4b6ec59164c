/** How far the interpolated time may leave the wall clock before it is set again, in microseconds. */
const MAX_DRIFT_US = 2_000n;

/**
 * Creates a clock that gives microseconds since 1970 (UTC): the wall clock, refined by the monotonic one,
 * never below what it gave before.
 */
export function createMicrosecondClock(): () => bigint {
  let anchorUs = BigInt(Date.now()) * 1_000n;
  let anchorNs = process.hrtime.bigint();
  let lastUs = 0n;
  return () => {
    const wallUs = BigInt(Date.now()) * 1_000n;
    const ns = process.hrtime.bigint();
    let nowUs = anchorUs + (ns - anchorNs) / 1_000n;
    const driftUs = nowUs - wallUs;
    if (driftUs > MAX_DRIFT_US || driftUs < -MAX_DRIFT_US) {
      anchorUs = wallUs;
      anchorNs = ns;
      nowUs = wallUs;
    }
    lastUs = nowUs > lastUs ? nowUs : lastUs;
    return lastUs;
  };
}

/** Writes microseconds since 1970 as RFC 3339 in UTC with six decimals. */
export function formatRfc3339(timeUs: bigint): string {
  const text = new Date(Number(timeUs / 1_000n)).toISOString();
  return `${text.slice(0, -1)}${(timeUs % 1_000n).toString().padStart(3, '0')}Z`;
}
