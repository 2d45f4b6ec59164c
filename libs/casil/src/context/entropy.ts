const counts = new Uint16Array(256);
/** `n * log2(n)` for the counts that occur; longer values are judged by their first bytes. */
const maxBytes = 1024;
const countTimesLog = new Float64Array(maxBytes + 1);
for (let count = 2; count <= maxBytes; count += 1) countTimesLog[count] = count * Math.log2(count);

/** Shannon entropy of `bytes[start, end)` in bits per byte, from its own frequencies (0 to 8); of the first 1,024 bytes where there are more. */
export function shannonBitsPerByte(bytes: Uint8Array, start: number, end: number): number {
  const stop = Math.min(end, start + maxBytes);
  const length = stop - start;
  if (length <= 1) return 0;
  for (let at = start; at < stop; at += 1) counts[bytes[at]] += 1;
  let sum = 0;
  for (let at = start; at < stop; at += 1) {
    const byte = bytes[at];
    sum += countTimesLog[counts[byte]];
    counts[byte] = 0;
  }
  return (countTimesLog[length] - sum) / length;
}
