import { isArqonError } from '@arqonbus/errors';
import type { CommittedRun, Following, LogFollower } from '@arqonbus/storage';
import type { RedisTopicLog } from './redis-topic-log.js';
import { decodeAnnouncement, type Announcement } from './run-record.js';
import type { AnnouncementListener } from './announcements.js';

const pageEvents = 16_384;
const pageBytes = 4_194_304;
/** Announcements kept while the log is read; beyond, they are read from it. */
const keptAnnouncements = 64;

/** One follower of a topic: brings runs in sequence order, each once, from announcements and, where some were missed, from the log. */
export class TopicFollow implements AnnouncementListener, Following {
  /** As far as the follower was told. */
  epoch: number;
  private isStopped = false;
  private isReading = false;
  private kept: Announcement[] = [];
  /** Milliseconds of performance.now() when the topic was last heard of. */
  heardAtMs = 0;
  /** What was published a while ago may have been missed, also when more was heard since. */
  isUncertain = true;
  /** Of this epoch, as far as the follower was told. */
  private erasuresCount = 0;
  onStop: () => void = () => undefined;

  constructor(
    readonly log: RedisTopicLog,
    private lastSequence: number,
    private readonly follower: LogFollower,
  ) {
    ({ epoch: this.epoch } = log.head);
  }

  heard(message: Buffer): void {
    const announcement = decodeAnnouncement(message);
    if (announcement === undefined || announcement.kind === 'work') return;
    this.log.state.announced(announcement);
    this.heardAtMs = performance.now();
    this.take(announcement);
  }

  /** Also after a gap: what was published before this moment is read. */
  listening(): void {
    this.isUncertain = true;
    void this.catchUp();
  }

  take(announcement: Announcement): void {
    if (this.isStopped || announcement.epoch < this.epoch) return;
    if (this.isReading) {
      this.keep(announcement);
      return;
    }
    if (announcement.kind === 'erased') {
      this.takeErased(announcement);
      return;
    }
    const { epoch, prev, lastSequence } = announcement;
    if (epoch === this.epoch && lastSequence <= this.lastSequence) return;
    const begins = epoch > this.epoch && (prev === 0 || (announcement.kind === 'head' && lastSequence === 0));
    if (begins) this.restart(epoch, 0, 1);
    if (announcement.kind === 'runs' && epoch === this.epoch && prev <= this.lastSequence) this.deliver(announcement.runs());
    else if (epoch !== this.epoch || lastSequence > this.lastSequence) void this.catchUp();
  }

  /** Tells of all erased runs when some were not told of. The count was read before the runs are. */
  async checkErasures(erasuresCount: number): Promise<void> {
    if (erasuresCount === this.erasuresCount) return;
    // The next look tells, after what is read now.
    if (this.isReading) {
      this.isUncertain = true;
      return;
    }
    const { epoch } = this;
    const sequences = erasuresCount === 0 ? [] : await this.log.readErased();
    if (this.stopped() || epoch !== this.epoch) return;
    this.erasuresCount = erasuresCount;
    for (const sequence of sequences) this.follower.erased(sequence);
  }

  /** Reads on when the process knows of a newer head. */
  check(): void {
    const { epoch, lastSequence } = this.log.head;
    if (epoch !== this.epoch || lastSequence > this.lastSequence) void this.catchUp();
  }

  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.kept = [];
    this.onStop();
  }

  private keep(announcement: Announcement): void {
    if (this.kept.length < keptAnnouncements) {
      this.kept.push(announcement);
      return;
    }
    this.kept = [{ ...announcement, kind: 'head' }];
    this.isUncertain = true;
  }

  private takeErased({ epoch, prev: sequence, timeUs: erasuresCount }: Announcement): void {
    // One of a new epoch is told by what is read of it.
    if (epoch !== this.epoch || erasuresCount <= this.erasuresCount) return;
    if (erasuresCount === this.erasuresCount + 1) this.erasuresCount = erasuresCount;
    this.follower.erased(sequence);
  }

  private stopped(): boolean {
    return this.isStopped;
  }

  private restart(epoch: number, lastSequence: number, firstSequence: number): void {
    if (epoch !== this.epoch) this.erasuresCount = 0;
    this.epoch = epoch;
    this.lastSequence = lastSequence;
    this.follower.restarted({ epoch, lastSequence, firstSequence });
  }

  private deliver(runs: readonly CommittedRun[]): void {
    const newer = runs.filter((run) => run.sequence > this.lastSequence);
    const last = newer.at(-1);
    if (last === undefined || this.isStopped) return;
    this.lastSequence = last.sequence + last.count - 1;
    this.follower.committed(newer);
  }

  private async catchUp(): Promise<void> {
    if (this.isReading || this.isStopped) return;
    this.isReading = true;
    try {
      while (!(await this.readOn()));
    } catch (error) {
      // The next look, at most a second later, tries again.
      if (!isArqonError(error)) throw error;
    } finally {
      this.isReading = false;
    }
    for (const announcement of this.kept.splice(0)) this.take(announcement);
  }

  /** True when all was read. */
  private async readOn(): Promise<boolean> {
    const asked = this.epoch;
    const page = await this.log.read({ fromSequence: this.lastSequence + 1, maxEvents: pageEvents, maxBytes: pageBytes });
    if (this.stopped() || page.epoch < asked) return true;
    if (page.epoch > asked) {
      // The page belongs to another numbering. What the process heard since decides where the new epoch begins.
      const { state, head } = this.log;
      if (head.epoch === page.epoch) this.restart(page.epoch, Math.max(state.base, page.firstSequence - 1), page.firstSequence);
      return false;
    }
    const first = page.runs.at(0)?.sequence ?? page.firstSequence;
    if (first > this.lastSequence + 1) this.restart(page.epoch, first - 1, page.firstSequence);
    this.deliver(page.runs);
    return page.isComplete;
  }
}
