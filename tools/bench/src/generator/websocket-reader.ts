/** Takes the payload of binary messages piece by piece; the bytes are the caller's and reused afterwards. */
export interface SegmentSink {
  /** `[start, end)` of `bytes` continues a message; `isFirst`/`isLast` mark its borders. May be empty. */
  segment(bytes: Buffer, start: number, end: number, isFirst: boolean, isLast: boolean): void;
}

export interface WebSocketReaderOptions {
  readonly sink: SegmentSink;
  /** A whole control frame (close 8, ping 9, pong 10). */
  readonly onControl: (opcode: number, payload: Buffer) => void;
}

const headerMaxBytes = 10;

/**
 * Walks the frames a server sends (RFC 6455 section 5.2: unmasked) without copying their payload, so
 * that a receiver costs less than the server it measures. Input may be cut anywhere.
 */
export class WebSocketReader {
  sink: SegmentSink;
  private readonly onControl: WebSocketReaderOptions['onControl'];
  private readonly header = Buffer.alloc(headerMaxBytes);
  private headerLength = 0;
  private headerNeeded = 2;
  private payloadLeft = -1;
  private opcode = 0;
  private isFinal = false;
  private isFirst = true;
  private control: Buffer[] = [];

  constructor(options: WebSocketReaderOptions) {
    this.sink = options.sink;
    this.onControl = options.onControl;
  }

  /** Takes the next bytes of the connection. Raises `Error` for what a server must not send. */
  push(bytes: Buffer, start: number, end: number): void {
    let position = start;
    while (position < end) {
      if (this.payloadLeft < 0) {
        position = this.readHeader(bytes, position, end);
        if (this.payloadLeft !== 0) continue;
      }
      const taken = Math.min(this.payloadLeft, end - position);
      this.payloadLeft -= taken;
      this.deliver(bytes, position, position + taken);
      position += taken;
      if (this.payloadLeft === 0) this.endFrame();
    }
  }

  private readHeader(bytes: Buffer, start: number, end: number): number {
    let position = start;
    while (position < end && this.headerLength < this.headerNeeded) {
      this.header[this.headerLength] = bytes[position];
      this.headerLength += 1;
      position += 1;
      if (this.headerLength === 2) this.headerNeeded = headerLengthFor(this.header[1]);
    }
    if (this.headerLength === this.headerNeeded) this.startFrame();
    return position;
  }

  private startFrame(): void {
    const [first, second] = this.header;
    this.opcode = first & 0x0f;
    this.isFinal = (first & 0x80) !== 0;
    if ((first & 0x70) !== 0) throw new Error(`the server sent a frame with reserved bits: 0x${first.toString(16)}`);
    if (this.opcode !== 0 && this.opcode !== 2 && this.opcode < 8) throw new Error(`the server sent a frame that is not binary: opcode ${this.opcode}`);
    if (this.opcode === 2) this.isFirst = true;
    if (second === 126) this.payloadLeft = this.header.readUInt16BE(2);
    else if (second === 127) this.payloadLeft = Number(this.header.readBigUInt64BE(2));
    else this.payloadLeft = second;
    this.headerLength = 0;
    this.headerNeeded = 2;
  }

  private deliver(bytes: Buffer, start: number, end: number): void {
    if (this.opcode >= 8) {
      this.control.push(Buffer.from(bytes.subarray(start, end)));
      return;
    }
    const isFirst = this.isFirst;
    this.isFirst = false;
    this.sink.segment(bytes, start, end, isFirst, this.isFinal && this.payloadLeft === 0);
  }

  private endFrame(): void {
    this.payloadLeft = -1;
    if (this.opcode < 8) return;
    const payload = Buffer.concat(this.control);
    this.control = [];
    this.onControl(this.opcode, payload);
  }
}

function headerLengthFor(second: number): number {
  if ((second & 0x80) !== 0) throw new Error('the server sent a masked frame');
  if (second === 127) return 10;
  return second === 126 ? 4 : 2;
}
