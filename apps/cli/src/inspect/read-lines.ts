/** One line of the input, without its end. */
export interface InputLine {
  /** Counted from 1. */
  readonly number: number;
  /** Undefined for a line that is longer than allowed: it was skipped. Valid until the next lines are asked for. */
  readonly bytes: Uint8Array | undefined;
}

const newline = 0x0a;

/**
 * Splits a stream at its newlines and gives the lines of each chunk together, so that what they cause can be written together. Holds at most one
 * line of `maxLineBytes` besides the chunk.
 */
export async function* readLines(input: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<readonly InputLine[]> {
  const splitter = new LineSplitter(maxLineBytes);
  for await (const chunk of input) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = splitter.end();
  if (last !== undefined) yield [last];
}

class LineSplitter {
  private number = 0;
  /** The begun line: its pieces, and its size also where the pieces were given up. */
  private pieces: Uint8Array[] = [];
  private sizeBytes = 0;

  constructor(private readonly maxLineBytes: number) {}

  push(chunk: Uint8Array): InputLine[] {
    const lines: InputLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      this.take(chunk.subarray(start, end));
      lines.push(this.finish());
      start = end + 1;
    }
    this.take(chunk.subarray(start));
    return lines;
  }

  /** The last line, when no newline ends it. */
  end(): InputLine | undefined {
    return this.sizeBytes === 0 ? undefined : this.finish();
  }

  private take(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.sizeBytes += piece.length;
    if (this.sizeBytes > this.maxLineBytes) this.pieces = [];
    else this.pieces.push(piece);
  }

  private finish(): InputLine {
    this.number += 1;
    const line = { number: this.number, bytes: this.sizeBytes > this.maxLineBytes ? undefined : joined(this.pieces) };
    this.pieces = [];
    this.sizeBytes = 0;
    return line;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
}
