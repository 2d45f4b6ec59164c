import { setTimeout as delay } from 'node:timers/promises';
import type { CommittedRun, Following, LogFollower, LogHead, LogPage, LogWindow } from '@arqonbus/storage';
import { ignoreFailure } from './unavailable.js';

const pageEvents = 8_192;
const pageBytes = 4_194_304;
const retryMs = 100;

/** What followers need of the log that they follow. */
export interface FollowedLog {
  readonly head: LogHead;
  readonly isClosed: boolean;
  read(window: LogWindow): Promise<LogPage>;
}

interface Feed {
  readonly follower: LogFollower;
  after: number;
  isLive: boolean;
  isStopped: boolean;
  /** Raised by each restart, so that a page that was asked for before it is thrown away. */
  generation: number;
}

/** Those who follow one topic: each reads what it lacks from the log, then hears of runs as they are stored. */
export class LogFollowers {
  private readonly feeds = new Set<Feed>();
  private collected: CommittedRun[] = [];
  private isFlushing = false;

  constructor(private readonly log: FollowedLog) {}

  follow(afterSequence: number, follower: LogFollower): Following {
    const feed: Feed = { follower, after: afterSequence, isLive: false, isStopped: false, generation: 0 };
    this.flush();
    this.feeds.add(feed);
    this.join(feed);
    return {
      stop: () => {
        feed.isStopped = true;
        this.feeds.delete(feed);
      },
    };
  }

  /** A run was stored; runs of one turn are told together. */
  committed(run: CommittedRun): void {
    if (this.feeds.size === 0) return;
    this.collected.push(run);
    if (this.isFlushing) return;
    this.isFlushing = true;
    queueMicrotask(() => { this.flush(); });
  }

  /** The log began anew, and holds nothing but what is behind `lastSequence`; default its head. */
  restarted(lastSequence?: number): void {
    this.flush();
    const { head } = this.log;
    for (const feed of [...this.feeds]) restartFeed(feed, lastSequence === undefined ? head : { ...head, lastSequence });
  }

  erased(sequence: number): void {
    this.flush();
    for (const feed of [...this.feeds]) if (sequence <= feed.after) feed.follower.erased(sequence);
  }

  /** Runs may have been missed: everybody reads on from the log. */
  resume(): void {
    this.flush();
    for (const feed of this.feeds) {
      if (!feed.isLive) continue;
      feed.isLive = false;
      this.join(feed);
    }
  }

  stop(): void {
    for (const feed of this.feeds) feed.isStopped = true;
    this.feeds.clear();
    this.collected = [];
  }

  private flush(): void {
    this.isFlushing = false;
    const runs = this.collected;
    if (runs.length === 0) return;
    this.collected = [];
    for (const feed of [...this.feeds]) if (feed.isLive && !feed.isStopped) tell(feed, runs);
  }

  private join(feed: Feed): void {
    if (feed.after >= this.log.head.lastSequence) feed.isLive = true;
    else ignoreFailure(this.catchUp(feed));
  }

  private async catchUp(feed: Feed): Promise<void> {
    while (!feed.isStopped && !feed.isLive && !this.log.isClosed) {
      const { generation } = feed;
      try {
        const page = await this.log.read({ fromSequence: feed.after + 1, maxEvents: pageEvents, maxBytes: pageBytes });
        if (!feed.isStopped && !feed.isLive && feed.generation === generation) this.takePage(feed, page);
      } catch {
        // The log tells those who use it; a follower waits for it.
        await delay(retryMs);
      }
    }
  }

  private takePage(feed: Feed, page: LogPage): void {
    const first = page.runs.at(0);
    const isHole = first === undefined ? feed.after < page.lastSequence : first.prev !== feed.after;
    if (isHole) {
      this.flush();
      restartFeed(feed, this.log.head);
      return;
    }
    if (first !== undefined) tell(feed, page.runs);
    // In one turn with the comparison, so that no run falls between the page and what is told from now on.
    if (feed.after >= this.log.head.lastSequence) feed.isLive = true;
  }
}

function tell(feed: Feed, runs: readonly CommittedRun[]): void {
  const news = runs.filter((run) => run.sequence > feed.after);
  const last = news.at(-1);
  if (last === undefined) return;
  feed.after = last.sequence + last.count - 1;
  feed.follower.committed(news);
}

function restartFeed(feed: Feed, head: LogHead): void {
  feed.after = head.lastSequence;
  feed.generation += 1;
  feed.isLive = true;
  feed.follower.restarted(head);
}
