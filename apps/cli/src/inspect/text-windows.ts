/** A stretch of a text that is inspected as one message. */
export interface TextWindow {
  readonly bytes: Uint8Array;
  /** Where it begins in the text. */
  readonly offset: number;
  /** What begins in `[ownFrom, ownTo)`, counted in the text, is this window's; its neighbours see it too, but with less around it. */
  readonly ownFrom: number;
  readonly ownTo: number;
}

const newline = 0x0a;

/**
 * Cuts a text into windows of at most `windowBytes`, each beginning at a line where there is one. Half of each window is seen by the next one too: what
 * begins in a window's own part has at least a quarter of a window before and behind it, so that nothing is missed at a seam.
 */
export async function* textWindows(input: AsyncIterable<Uint8Array>, windowBytes: number): AsyncGenerator<TextWindow> {
  let held = Buffer.alloc(0);
  let offset = 0;
  let ownFrom = 0;
  for await (const chunk of input) {
    held = Buffer.concat([held, chunk]);
    while (held.length > windowBytes) {
      const bytes = held.subarray(0, windowBytes);
      const next = nextStart(bytes);
      const ownTo = offset + next + ((windowBytes - next) >> 1);
      yield { bytes, offset, ownFrom, ownTo };
      held = held.subarray(next);
      offset += next;
      ownFrom = ownTo;
    }
  }
  yield { bytes: held, offset, ownFrom, ownTo: offset + held.length };
}

/** The last line that begins in the second quarter of a window; else the middle, where no character is cut. */
function nextStart(bytes: Uint8Array): number {
  const middle = bytes.length >> 1;
  const lineEnd = bytes.lastIndexOf(newline, middle - 1);
  if (lineEnd >= middle >> 1) return lineEnd + 1;
  let start = middle;
  while (start > middle - 3 && (bytes[start] & 0xc0) === 0x80) start -= 1;
  return start;
}
