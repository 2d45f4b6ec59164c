/** A check of the demo that did not hold. The message says what was expected and what was seen. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

/** Raises DemoFailure unless what was seen is what was expected. */
export function checkEqual<T>(what: string, seen: T, expected: T): void {
  if (seen !== expected) throw new DemoFailure(`${what}: ${String(seen)}, expected ${String(expected)}`);
}
