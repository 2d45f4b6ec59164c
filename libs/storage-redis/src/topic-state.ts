import type { LogHead } from '@arqonbus/storage';
import type { RedisTopicKeys } from '@arqonbus/tenancy';
import type { Announcement } from './run-record.js';

/** What this process knows of one topic, from answers and announcements; shared by all who use the topic. */
export class TopicState {
  private epoch = 0;
  private lastSequence = 0;
  private firstSequence = 1;
  private lastTimeUs = 0;
  /** Sequence behind which the epoch begins: above 0 where older runs survived a loss. */
  base = 0;
  /** Run id of the server at the last answer. */
  private runId = '';
  /** Of open logs. */
  usersCount = 0;

  constructor(readonly keys: RedisTopicKeys) {}

  get head(): LogHead {
    return { epoch: this.epoch, lastSequence: this.lastSequence, firstSequence: this.firstSequence };
  }

  /** ARGV 4 to 7 of every script. */
  get knownArguments(): readonly string[] {
    return [String(this.epoch), String(this.lastSequence), String(this.lastTimeUs), this.runId];
  }

  /** Takes the two first parts of every script's reply. True when the script began a new epoch. */
  answered(head: Buffer, runId: string): boolean {
    const [epoch, lastSequence, firstSequence, timeUs, base] = [0, 8, 16, 24, 32].map((at) => head.readDoubleBE(at));
    this.runId = runId;
    if (epoch > this.epoch || (epoch === this.epoch && lastSequence >= this.lastSequence)) {
      this.firstSequence = epoch === this.epoch ? Math.max(firstSequence, this.firstSequence) : firstSequence;
      this.epoch = epoch;
      this.lastSequence = lastSequence;
      this.lastTimeUs = timeUs;
      this.base = base;
    }
    return head[40] === 1;
  }

  announced({ kind, epoch, lastSequence, timeUs }: Announcement): void {
    if (kind === 'erased') return;
    if (epoch < this.epoch || (epoch === this.epoch && lastSequence <= this.lastSequence)) return;
    if (epoch > this.epoch) this.firstSequence = 1;
    this.epoch = epoch;
    this.lastSequence = lastSequence;
    this.lastTimeUs = timeUs;
  }
}
