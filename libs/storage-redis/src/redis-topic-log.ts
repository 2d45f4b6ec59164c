import { createHash } from 'node:crypto';
import { ArqonError } from '@arqonbus/errors';
import type { CommittedRun, LogAppendResult, LogHead, LogPage, LogWindow, OpenLogOptions, RunRecord, TopicLog } from '@arqonbus/storage';
import type { TopicKey } from '@arqonbus/tenancy';
import type { RedisLink } from './redis-link.js';
import { unavailable } from './redis-connection.js';
import { scripts, type RedisScript } from './redis-script.js';
import { decodeRecord, encodeGroup, encodeRecord } from './run-record.js';
import type { TopicState } from './topic-state.js';

/** What a log lends from its store. */
export interface TopicLogShare {
  readonly link: RedisLink;
  readonly announcedBytes: number;
  /** Makes the channel known in its room, again. */
  register(key: TopicKey): Promise<void>;
  /** Runs of this process were accepted; sooner than their announcement comes. */
  accepted(state: TopicState, epoch: number, prev: number, runs: readonly CommittedRun[]): void;
  closed(state: TopicState): void;
}

interface RawRun {
  readonly run: CommittedRun;
  readonly record: Buffer;
}

const longestMs = 315_360_000_000;
const unbounded = Number.MAX_SAFE_INTEGER;
/** Bounds of one answer; pages are put together from several. */
const answerBytes = 4_194_304;
const answerRunsCount = 1_024;
const tries = 5;
const outcomes = ['accepted', 'duplicate', 'out_of_order', 'producer_unknown'] as const;
const verdictBytes = 11;

export class RedisTopicLog implements TopicLog {
  private readonly limits: readonly string[];
  private isClosed = false;

  constructor(
    readonly key: TopicKey,
    readonly state: TopicState,
    options: OpenLogOptions,
    private readonly share: TopicLogShare,
  ) {
    const { retention, producerIdleMs } = options;
    this.limits = [
      retention.maxEvents, retention.maxBytes, Math.min(retention.maxAgeMs, longestMs), Math.min(producerIdleMs, longestMs),
    ].map((limit) => String(Math.floor(limit)));
  }

  get head(): LogHead {
    return this.state.head;
  }

  async readHead(): Promise<LogHead> {
    await this.run(scripts.head, []);
    return this.head;
  }

  /** As of TopicLog; `nowUs` is not used, the server's clock stamps. */
  async append(runs: readonly RunRecord[], _nowUs: number): Promise<readonly LogAppendResult[]> {
    if (runs.length === 0) return [];
    const group = encodeGroup(runs);
    const { epoch, rest } = await this.run(scripts.append, [group, runs.length, this.share.announcedBytes]);
    const [numbers, verdicts] = rest as [Buffer, Buffer];
    const [prev, timeUs] = [numbers.readDoubleBE(0), numbers.readDoubleBE(8)];
    const results = verdicts.length === 0 ? allAccepted(runs, prev) : readVerdicts(verdicts);
    const committed: CommittedRun[] = [];
    results.forEach((result, index) => {
      if (result.outcome !== 'accepted') return;
      // The caller may use the body's memory again: followers get a copy.
      const { producer, count, body } = runs[index];
      committed.push({ producer, count, body: Uint8Array.from(body), sequence: result.sequence, prev: result.sequence - 1, timeUs });
    });
    if (committed.length > 0) this.share.accepted(this.state, epoch, prev, committed);
    return results;
  }

  async read(window: LogWindow): Promise<LogPage> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const page = await this.readOnce(window);
      if (page !== undefined) return page;
    }
    throw unavailable(new Error('the log began new epochs while it was read'));
  }

  async erase(sequence: number, rewrite: (run: CommittedRun) => Uint8Array): Promise<boolean> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const { epoch, raw } = await this.readPart({ fromSequence: sequence, toSequence: sequence, maxEvents: 1, maxBytes: 1 });
      if (raw.length === 0) return false;
      const [{ run, record }] = raw;
      const tombstone = encodeRecord({ ...run, body: rewrite(run) });
      const sha = createHash('sha1').update(record).digest('hex');
      const { rest } = await this.run(scripts.erase, [epoch, run.sequence, sha, tombstone]);
      if (textOf(rest[0]) === '1') return true;
      // Erased in part, trimmed or reset meanwhile: what is there now decides.
    }
    throw unavailable(new Error('the run changed while it was erased'));
  }

  async reset(_nowUs: number): Promise<LogHead> {
    await this.run(scripts.reset, []);
    return this.head;
  }

  async trim(_nowUs: number): Promise<void> {
    let cursor = '0';
    do {
      const { rest } = await this.run(scripts.trim, [cursor]);
      cursor = textOf(rest[0]);
    } while (cursor !== '0');
    await this.share.register(this.key);
  }

  /** Sequences of the runs that hold tombstones, in no order. */
  async readErased(): Promise<readonly number[]> {
    const fields = (await this.share.link.connection.command('hkeys', this.state.keys.erased)) as Buffer[];
    return fields.map((field) => Number(field.toString('latin1'))).filter((sequence) => Number.isInteger(sequence));
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.share.closed(this.state);
  }

  /** Runs a script of the topic; raises ArqonError STORE_UNAVAILABLE. */
  async run(script: RedisScript, args: readonly (string | Buffer | number)[]): Promise<{ readonly epoch: number; readonly rest: readonly unknown[] }> {
    const { keys } = this.state;
    const { connection } = this.share.link;
    const reply = await connection.run(script, [keys.log, keys.meta, keys.producers, keys.erased], [
      keys.announcements, connection.runId, connection.survival, ...this.state.knownArguments, ...this.limits, ...args,
    ]);
    const [head, runId, ...rest] = reply as [Buffer, Buffer, ...unknown[]];
    // A new epoch may mean that the server lost everything, and with it the names of the room's channels.
    if (this.state.answered(head, runId.toString())) this.share.register(this.key).catch((error: unknown) => { this.share.link.note(error); });
    return { epoch: head.readDoubleBE(0), rest };
  }

  /** Undefined when a new epoch began meanwhile. */
  private async readOnce(window: LogWindow): Promise<LogPage | undefined> {
    const runs: CommittedRun[] = [];
    let [eventsLeft, bytesLeft, fromSequence, epoch] = [window.maxEvents, window.maxBytes, window.fromSequence ?? 1, 0];
    for (;;) {
      const part = await this.readPart({ ...window, fromSequence, maxEvents: eventsLeft, maxBytes: Math.min(bytesLeft, answerBytes) });
      if (epoch !== 0 && part.epoch !== epoch) return undefined;
      ({ epoch } = part);
      for (const { run } of part.raw) {
        const isTooMuch = run.count > eventsLeft || run.body.length > bytesLeft;
        if (runs.length > 0 && isTooMuch) return { ...part.head, runs, isComplete: false };
        runs.push(run);
        eventsLeft -= run.count;
        bytesLeft -= run.body.length;
        fromSequence = run.sequence + run.count;
      }
      if (part.isComplete) return { ...part.head, runs, isComplete: true };
      if (eventsLeft <= 0 || bytesLeft <= 0) return { ...part.head, runs, isComplete: false };
    }
  }

  private async readPart(window: LogWindow): Promise<{ epoch: number; head: LogHead; isComplete: boolean; raw: readonly RawRun[] }> {
    const { fromTimeUs = 0, toTimeUs = unbounded } = window;
    let { fromSequence = 1, toSequence = unbounded } = window;
    if (fromSequence > toSequence) [fromSequence, toSequence] = [1, 0];
    const { epoch, rest } = await this.run(scripts.read, [fromSequence, toSequence, fromTimeUs, toTimeUs, window.maxEvents, window.maxBytes, answerRunsCount]);
    const [isComplete, out] = rest as [Buffer, Buffer[]];
    const raw: RawRun[] = [];
    for (let at = 0; at < out.length; at += 3) raw.push({ run: decodeEntry(out[at], out[at + 1], out[at + 2]), record: out[at + 2] });
    return { epoch, head: this.head, isComplete: isComplete.toString() === '1', raw };
  }
}

/** A run of the log from its sequence as text, `m` and record. */
export function decodeEntry(sequence: Buffer, m: Buffer, record: Buffer): CommittedRun {
  return decodeRecord(record, { sequence: Number(sequence.toString('latin1')), timeUs: m.readDoubleBE(0) });
}

function allAccepted(runs: readonly RunRecord[], prev: number): LogAppendResult[] {
  let next = prev + 1;
  return runs.map(({ count }) => {
    const sequence = next;
    next += count;
    return { outcome: 'accepted', sequence, count };
  });
}

function readVerdicts(verdicts: Buffer): LogAppendResult[] {
  const results: LogAppendResult[] = [];
  for (let at = 0; at < verdicts.length; at += verdictBytes) {
    const outcome = outcomes[verdicts[at]];
    const [sequence, count] = [verdicts.readDoubleBE(at + 1), verdicts.readUInt16BE(at + 9)];
    results.push(outcome === 'accepted' || outcome === 'duplicate' ? { outcome, sequence, count } : { outcome });
  }
  return results;
}

function textOf(value: unknown): string {
  if (!Buffer.isBuffer(value)) throw new ArqonError('INTERNAL', { message: 'a script replied in another shape' });
  return value.toString();
}
