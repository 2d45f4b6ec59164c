import type { Directory } from './directory.js';
import type { FanOut } from './fan-out.js';
import type { Recoveries } from './recovery.js';
import type { ServerMessages } from './server-messages.js';
import type { Sessions } from './sessions.js';
import type { Topic } from './topic.js';

export interface TimerSettings {
  readonly heartbeatMs: number;
  /** Milliseconds of quiet after which a topic's head is announced, and between later announcements. */
  readonly quietMs: number;
  readonly quietRepeatMs: number;
  readonly sweepMs: number;
}

const tickMs = 250;

/** The one timer of the bus: heads of quiet topics, ends of tokens, deadlines, heartbeats, sweeps. */
export class Timers {
  private readonly announceAt = new Map<number, Topic[]>();
  private handle: NodeJS.Timeout | undefined;
  private nextHeartbeatMs: number;
  private nextSweepMs: number;
  private lastAnnounceSecond: number;

  constructor(
    private readonly settings: TimerSettings,
    private readonly parts: {
      readonly directory: Directory; readonly fanOut: FanOut; readonly recoveries: Recoveries; readonly sessions: Sessions;
      readonly messages: ServerMessages; readonly heartbeat: () => void;
      readonly groups: { tick(nowMs: number): void }; readonly causal: { tick(): void };
    },
    private readonly nowMs: () => number,
  ) {
    this.nextHeartbeatMs = nowMs() + settings.heartbeatMs;
    this.nextSweepMs = nowMs() + settings.sweepMs;
    this.lastAnnounceSecond = Math.floor(nowMs() / 1000);
  }

  start(): void {
    this.handle = setInterval(() => { this.tick(); }, tickMs);
  }

  stop(): void {
    clearInterval(this.handle);
  }

  private tick(): void {
    const now = this.nowMs();
    this.announceNewlyQuiet(now);
    this.announceDue(now);
    this.parts.sessions.enforceExpiry();
    this.parts.recoveries.enforceDeadlines();
    this.parts.groups.tick(now);
    this.parts.causal.tick();
    if (now >= this.nextHeartbeatMs) {
      this.nextHeartbeatMs = now + this.settings.heartbeatMs;
      this.parts.heartbeat();
    }
    if (now >= this.nextSweepMs) {
      this.nextSweepMs = now + this.settings.sweepMs;
      this.parts.directory.sweep(now);
    }
  }

  private announceNewlyQuiet(now: number): void {
    const topics = this.parts.fanOut.activeTopics;
    const stillActive: Topic[] = [];
    for (const topic of topics) {
      if (now - topic.lastActiveMs < this.settings.quietMs) {
        stillActive.push(topic);
        continue;
      }
      topic.isActive = false;
      this.announce(topic, now);
    }
    this.parts.fanOut.activeTopics = stillActive;
  }

  private announceDue(now: number): void {
    const nowSecond = Math.floor(now / 1000);
    for (let second = this.lastAnnounceSecond + 1; second <= nowSecond; second += 1) {
      const due = this.announceAt.get(second) ?? [];
      this.announceAt.delete(second);
      for (const topic of due) {
        if (topic.headDueMs !== second * 1000) continue;
        topic.headDueMs = 0;
        if (!topic.isActive) this.announce(topic, now);
      }
    }
    this.lastAnnounceSecond = nowSecond;
  }

  private announce(topic: Topic, now: number): void {
    if (topic.isClosed || topic.sessionCount === 0 || !topic.isReady) return;
    this.parts.fanOut.announce(topic, this.parts.messages.head(topic, now * 1000));
    const second = Math.floor((now + this.settings.quietRepeatMs) / 1000);
    topic.headDueMs = second * 1000;
    const due = this.announceAt.get(second);
    if (due === undefined) this.announceAt.set(second, [topic]);
    else due.push(topic);
  }
}
