import { randomBytes } from 'node:crypto';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BatchSchema, Durability, FrameSchema, type Published } from '@arqonbus/proto';
import { benchRoom, createEvent, envelopesOf, openArqon, type ArqonConnectionOptions } from './arqon-connection.js';
import { assertHarmless } from './arqon-counter.js';
import { MessageAssembler } from './message-assembler.js';
import type { RawWebSocket } from './raw-websocket.js';

export interface AckedRunsOptions extends ArqonConnectionOptions {
  /** Events per run, each run a WebSocket message of its own. */
  readonly runLength: number;
  /** Events carry their place modulo this number; a multiple of `runLength`. */
  readonly ringMessageCount: number;
  readonly onFailure: (error: Error) => void;
}

/** Frames are built once and reused with another run number: a mask of zeros leaves their bytes as they are. */
const maskBytes = Buffer.alloc(4);
const producerTag = 0x39;
const runTag = 0x40;

/**
 * One producer that keeps as many acknowledged runs on their way as the server's welcome allows. Every run must be acknowledged once, in
 * order, whole, not as a duplicate; anything else fails the run of the bench.
 */
export class AckedRuns {
  /** Messages that were acknowledged. */
  ackedCount = 0;
  /** What the acknowledgements were worth, by name. */
  readonly durabilities = new Set<string>();
  private readonly producer = randomBytes(8);
  private readonly bodies: Buffer[];
  private sentRuns = 0;
  private ackedRuns = 0;
  private lastSequence = 0;
  private target = 0;
  private onIdle: () => void = () => undefined;

  private constructor(private readonly options: AckedRunsOptions, private readonly connection: RawWebSocket, private readonly inFlightLimit: number) {
    const { runLength, ringMessageCount } = options;
    this.bodies = Array.from({ length: ringMessageCount / runLength }, (_, place) => {
      const envelopes = Array.from({ length: runLength }, (_unused, offset) => createEvent(place * runLength + offset));
      return Buffer.from(toBinary(BatchSchema, create(BatchSchema, { room: benchRoom, ack: true, envelopes })));
    });
    connection.measureWith(new MessageAssembler((message) => this.handleMessage(message)));
  }

  static async open(options: AckedRunsOptions): Promise<AckedRuns> {
    const { connection, limits } = await openArqon(options, options.onFailure);
    return new AckedRuns(options, connection, limits?.maxUnacknowledgedRuns || 64);
  }

  /** Publishes until told otherwise by {@link stop}. */
  start(): void {
    this.target = Number.POSITIVE_INFINITY;
    this.fill();
  }

  /** Publishes this many messages and resolves once all are acknowledged. */
  async publish(messageCount: number): Promise<void> {
    this.target = this.sentRuns + Math.ceil(messageCount / this.options.runLength);
    await this.fillAndWait();
  }

  /** Publishes nothing new; resolves once all that was sent is acknowledged. */
  async stop(): Promise<void> {
    this.target = this.sentRuns;
    await this.fillAndWait();
  }

  close(): void {
    this.connection.close();
  }

  private async fillAndWait(): Promise<void> {
    this.fill();
    if (this.ackedRuns < this.target) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  /** What may be sent leaves in one write. */
  private fill(): void {
    const frames: Buffer[] = [];
    while (this.sentRuns < this.target && this.sentRuns - this.ackedRuns < this.inFlightLimit) {
      const body = this.bodies[this.sentRuns % this.bodies.length];
      this.sentRuns += 1;
      appendFrame(frames, body, this.producer, this.sentRuns);
    }
    if (frames.length > 0) this.connection.write(Buffer.concat(frames));
  }

  private handleMessage(message: Buffer): void {
    for (const envelope of envelopesOf(fromBinary(FrameSchema, message))) {
      const signal = envelope.body.case === 'signal' ? envelope.body.value.body : undefined;
      if (signal?.case === 'published') this.acknowledge(signal.value);
      else assertHarmless(envelope);
    }
    this.fill();
    if (this.ackedRuns === this.target) this.onIdle();
  }

  private acknowledge(published: Published): void {
    const sequence = Number(published.sequence);
    if (Number(published.run) !== this.ackedRuns + 1) throw new Error(`run ${published.run} was acknowledged behind run ${this.ackedRuns}`);
    if (published.count !== this.options.runLength || published.duplicate) throw new Error(`run ${published.run} was acknowledged with ${published.count} events, duplicate ${published.duplicate}`);
    if (sequence <= this.lastSequence) throw new Error(`run ${published.run} got sequence ${sequence}, not above ${this.lastSequence}`);
    this.lastSequence = sequence + published.count - 1;
    this.ackedRuns += 1;
    this.ackedCount += published.count;
    this.durabilities.add(Durability[published.durability] ?? String(published.durability));
  }
}

/** Header, mask, frame and batch with producer and run in front of what every run of this place has. */
function appendFrame(frames: Buffer[], body: Buffer, producer: Buffer, run: number): void {
  const runField = varint(run);
  const batchBytes = body.length + 9 + 1 + runField.length;
  const lengthField = varint(batchBytes);
  const header = webSocketHeader(1 + lengthField.length + batchBytes);
  frames.push(header, maskBytes, Buffer.from([0x0a]), lengthField, Buffer.from([producerTag]), producer, Buffer.from([runTag]), runField, body);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

function webSocketHeader(payloadBytes: number): Buffer {
  if (payloadBytes < 126) return Buffer.from([0x82, 0x80 | payloadBytes]);
  if (payloadBytes < 65_536) return Buffer.from([0x82, 0x80 | 126, payloadBytes >> 8, payloadBytes & 0xff]);
  const header = Buffer.from([0x82, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64BE(BigInt(payloadBytes), 2);
  return header;
}
