/** The middle value, or the mean of the two in the middle. Raises `RangeError` for an empty list. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median of nothing');
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** {@link median} of the values that are known; `null` when none is. */
export function medianOrNull(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : median(known);
}

/**
 * Smallest and largest value between which the median of the population lies with 95 % confidence, whatever its distribution; all of the values
 * where there are too few for that.
 */
export function medianInterval(values: readonly number[]): { readonly low: number; readonly high: number } {
  if (values.length === 0) throw new RangeError('interval of nothing');
  const sorted = [...values].sort((left, right) => left - right);
  const count = sorted.length;
  let outside = 0;
  let chance = 0.5 ** count;
  let cut = 0;
  // Of `count` values, fewer than `cut + 1` are below the median with the chance summed up in `outside`; both sides together may have 5 %.
  for (let below = 0; below < count / 2; below += 1) {
    outside += chance;
    if (outside > 0.025) break;
    cut = below;
    chance *= (count - below) / (below + 1);
  }
  return { low: sorted[cut], high: sorted[count - 1 - cut] };
}
