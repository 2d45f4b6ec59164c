import type { SegmentSink } from './websocket-reader.js';

/** Copies segments together and hands over whole messages; for what is not measured. */
export class MessageAssembler implements SegmentSink {
  private pieces: Buffer[] = [];

  constructor(private readonly onMessage: (message: Buffer) => void) {}

  segment(bytes: Buffer, start: number, end: number, _isFirst: boolean, isLast: boolean): void {
    this.pieces.push(Buffer.from(bytes.subarray(start, end)));
    if (!isLast) return;
    const message = Buffer.concat(this.pieces);
    this.pieces = [];
    this.onMessage(message);
  }
}
