/** Below this many bytes a loop copies faster than `set`. */
const loopCopyBytes = 48;

/** Copies the whole of `source` to `target` at `at`, and returns the next offset. */
export function copyBytes(target: Uint8Array, at: number, source: Uint8Array): number {
  const length = source.length;
  if (length > loopCopyBytes) target.set(source, at);
  else for (let index = 0; index < length; index++) target[at + index] = source[index];
  return at + length;
}

/** All parts behind one another. For cold paths: allocates. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) at = copyBytes(bytes, at, part);
  return bytes;
}
