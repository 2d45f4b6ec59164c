import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { RunProducer } from '@arqonbus/storage';

/** One header, for the client library reads every line of every message: fields by spaces, which names cannot hold. */
const headerName = 'Arqon-Log';
const messageIdHeader = 'Nats-Msg-Id';
const lastOfSubjectHeader = 'Nats-Expected-Last-Subject-Sequence';
const sizeHeader = 'Nats-Msg-Size';

/** What the header of a run says: `<epoch> <count> <timeUs> <prev or -> [<hi> <lo> <run> <owner>]`. */
export interface RunHeader {
  readonly epoch: number;
  readonly count: number;
  readonly timeUs: number;
  /** Only on a run that was the only one on its subject: sequence before it, 0 for the first of an epoch. */
  readonly prev: number | undefined;
  readonly producer: RunProducer | undefined;
}

/** Headers of a message with a run, or its tombstone. `messageId` makes the server take it once. */
export function encodeRunHeader(run: RunHeader, messageId?: string): MsgHdrs {
  const { epoch, count, timeUs, prev, producer } = run;
  const written = headers();
  const tail = producer === undefined ? '' : ` ${producer.hi} ${producer.lo} ${producer.run} ${producer.owner}`;
  written.set(headerName, `${epoch} ${count} ${timeUs} ${prev === undefined ? '-' : String(prev)}${tail}`);
  if (messageId !== undefined) written.set(messageIdHeader, messageId);
  return written;
}

/** Asks the server to refuse the message unless the last one of its subject has this stream sequence; 0: unless there is none. */
export function expectLastOfSubject(written: MsgHdrs, streamSequence: number): MsgHdrs {
  written.set(lastOfSubjectHeader, String(streamSequence));
  return written;
}

/** Undefined when the message is none of ours. */
export function decodeRunHeader(read: MsgHdrs | undefined): RunHeader | undefined {
  const fields = fieldsOf(read);
  if (fields === undefined || fields.length < 4) return undefined;
  const [epoch, count, timeUs] = fields.slice(0, 3).map(Number);
  const producer = fields.length < 8 ? undefined : { owner: fields[7], hi: Number(fields[4]), lo: Number(fields[5]), run: Number(fields[6]) };
  return { epoch, count, timeUs, prev: fields[3] === '-' ? undefined : Number(fields[3]), producer };
}

/** Where a log begins after its oldest runs were dropped. */
export interface FloorHeader {
  readonly epoch: number;
  /** Stream sequence of the newest run that was dropped. */
  readonly dropped: number;
  /** Sequence and time of its last event. */
  readonly sequence: number;
  readonly timeUs: number;
}

export function encodeFloorHeader(floor: FloorHeader): MsgHdrs {
  const written = headers();
  written.set(headerName, `${floor.epoch} ${floor.dropped} ${floor.sequence} ${floor.timeUs}`);
  return written;
}

export function decodeFloorHeader(read: MsgHdrs | undefined): FloorHeader | undefined {
  const fields = fieldsOf(read);
  if (fields === undefined || fields.length < 4) return undefined;
  const [epoch, dropped, sequence, timeUs] = fields.map(Number);
  return { epoch, dropped, sequence, timeUs };
}

/** Header of the message that tells of a new epoch. */
export function encodeEpochHeader(epoch: number): MsgHdrs {
  const written = headers();
  written.set(headerName, String(epoch));
  return written;
}

/** 0 when the message is none of ours. */
export function decodeEpochHeader(read: MsgHdrs | undefined): number {
  const epoch = Number(fieldsOf(read)?.[0]);
  return Number.isSafeInteger(epoch) ? epoch : 0;
}

/** Bytes of the body, also where only the headers were asked for. */
export function bodyBytesOf(data: Uint8Array, read: MsgHdrs | undefined): number {
  const size = read?.get(sizeHeader) ?? '';
  return size === '' ? data.length : Number(size);
}

function fieldsOf(read: MsgHdrs | undefined): string[] | undefined {
  const text = read?.get(headerName) ?? '';
  return text === '' ? undefined : text.split(' ');
}
