import type { CommittedRun, RunProducer, RunRecord } from '@arqonbus/storage';

/** Length of the owner that stands for a run without producer. */
const noOwner = 0xffff;

/**
 * A group of runs, each as a length (4 bytes, big-endian) and its record: events (2 bytes), length of the owner (2 bytes, 65,535: no
 * producer), owner, both halves of the producer number (4 bytes each), run (double), body.
 */
export function encodeGroup(runs: readonly RunRecord[]): Buffer {
  const owners = runs.map((run) => (run.producer === undefined ? undefined : Buffer.from(run.producer.owner)));
  let size = 0;
  runs.forEach((run, index) => (size += 4 + recordSize(run, owners[index])));
  const group = Buffer.allocUnsafe(size);
  let at = 0;
  runs.forEach((run, index) => {
    const owner = owners[index];
    at = group.writeUInt32BE(recordSize(run, owner), at);
    at = writeRecord(group, at, run, owner);
  });
  return group;
}

/** One record without its length. */
export function encodeRecord(run: RunRecord): Buffer {
  const owner = run.producer === undefined ? undefined : Buffer.from(run.producer.owner);
  const record = Buffer.allocUnsafe(recordSize(run, owner));
  writeRecord(record, 0, run, owner);
  return record;
}

function recordSize(run: RunRecord, owner: Buffer | undefined): number {
  return (owner === undefined ? 4 : 20 + owner.length) + run.body.length;
}

function writeRecord(target: Buffer, start: number, run: RunRecord, owner: Buffer | undefined): number {
  let at = target.writeUInt16BE(run.count, start);
  at = target.writeUInt16BE(owner?.length ?? noOwner, at);
  if (run.producer !== undefined && owner !== undefined) {
    at += owner.copy(target, at);
    at = target.writeUInt32BE(run.producer.hi, at);
    at = target.writeUInt32BE(run.producer.lo, at);
    at = target.writeDoubleBE(run.producer.run, at);
  }
  target.set(run.body, at);
  return at + run.body.length;
}

/** Reads a record that was numbered; the body is a view. */
export function decodeRecord(record: Buffer, numbers: { sequence: number; timeUs: number }): CommittedRun {
  const count = record.readUInt16BE(0);
  const ownerBytes = record.readUInt16BE(2);
  const hasProducer = ownerBytes !== noOwner;
  const body = record.subarray(hasProducer ? 20 + ownerBytes : 4);
  const { sequence, timeUs } = numbers;
  return { producer: hasProducer ? readProducer(record, ownerBytes) : undefined, count, body, sequence, prev: sequence - 1, timeUs };
}

function readProducer(record: Buffer, ownerBytes: number): RunProducer {
  const at = 4 + ownerBytes;
  return { owner: record.toString('utf8', 4, at), hi: record.readUInt32BE(at), lo: record.readUInt32BE(at + 4), run: record.readDoubleBE(at + 8) };
}

/** What the scripts publish: the runs themselves, or only that there is a new head, that a group has work, or that a run was erased. */
export interface Announcement {
  readonly kind: 'runs' | 'head' | 'work' | 'erased';
  readonly epoch: number;
  /** Sequence before the first run; with kind `head` the head itself, with `erased` the run. */
  readonly prev: number;
  /** With kind `erased` how many runs of the epoch were erased so far. */
  readonly timeUs: number;
  readonly lastSequence: number;
  /** Decodes the runs. */
  runs(): CommittedRun[];
}

const announcementKinds = { 1: 'runs', 2: 'head', 3: 'work', 4: 'erased' } as const;
const announcementHeadBytes = 33;

/** Undefined for bytes of another shape. */
export function decodeAnnouncement(message: Buffer): Announcement | undefined {
  if (message.length < announcementHeadBytes) return undefined;
  const kind = announcementKinds[message[0] as 1 | 2 | 3 | 4] as Announcement['kind'] | undefined;
  if (kind === undefined) return undefined;
  const [epoch, prev, timeUs, lastSequence] = [1, 9, 17, 25].map((at) => message.readDoubleBE(at));
  return { kind, epoch, prev, timeUs, lastSequence, runs: () => decodeGroup(message.subarray(announcementHeadBytes), prev + 1, timeUs) };
}

function decodeGroup(group: Buffer, firstSequence: number, timeUs: number): CommittedRun[] {
  const runs: CommittedRun[] = [];
  let sequence = firstSequence;
  for (let at = 0; at < group.length;) {
    const end = at + 4 + group.readUInt32BE(at);
    const run = decodeRecord(group.subarray(at + 4, end), { sequence, timeUs });
    runs.push(run);
    sequence += run.count;
    at = end;
  }
  return runs;
}
