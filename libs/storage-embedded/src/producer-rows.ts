import type { SqlDatabase } from './database.js';
import type { TopicId } from './topic-id.js';

/** Runs whose sequence is still told to a publisher that sends them again: at least half of these. */
const rememberedRuns = 256;
/** Producers that one client may have on one topic; a new one beyond replaces the one idle for longest. */
const producersPerOwner = 64;
/** Newest runs of a topic that are looked through, once, for where the runs of before a restart went. */
const recalledRuns = 8_192;

interface Producer {
  readonly owner: string;
  readonly hi: number;
  readonly lo: number;
  lastRun: number;
  seenUs: number;
  /** Where the newest runs went, the last one at the end. */
  recent: { readonly sequence: number; readonly count: number }[];
}

/** What is to become of a numbered run. */
export type ProducerVerdict =
  | { readonly outcome: 'take' | 'out_of_order' | 'producer_unknown' }
  | { readonly outcome: 'duplicate'; readonly sequence: number; readonly count: number };

const take: ProducerVerdict = { outcome: 'take' };
const outOfOrder: ProducerVerdict = { outcome: 'out_of_order' };
const unknown: ProducerVerdict = { outcome: 'producer_unknown' };

/**
 * Producers of one topic: the last run of each is in the file, where recent runs went is in memory and looked up in the runs themselves after a
 * restart.
 */
export class ProducerRows {
  private readonly owners = new Map<string, Map<string, Producer>>();
  private readonly changed = new Set<Producer>();
  private isRecalled = false;

  constructor(private readonly db: SqlDatabase, private readonly id: TopicId) {
    const rows = db.sql('SELECT owner, hi, lo, last_run, seen_us FROM producers WHERE tenant_id = ? AND topic_id = ?').all(id.tenant, id.topic);
    for (const [owner, hi, lo, lastRun, seenUs] of rows as [string, number, number, number, number][]) {
      this.keep({ owner, hi, lo, lastRun, seenUs, recent: [] });
    }
  }

  check(owner: string, hi: number, lo: number, run: number, count: number, nowUs: number): ProducerVerdict {
    const producer = this.owners.get(owner)?.get(keyOf(hi, lo));
    if (producer === undefined) return run === 1 ? take : unknown;
    producer.seenUs = Math.max(producer.seenUs, nowUs);
    this.changed.add(producer);
    if (run === producer.lastRun + 1) return take;
    if (run > producer.lastRun) return outOfOrder;
    const place = placeOf(producer, run) ?? this.recall(producer, run);
    return { outcome: 'duplicate', sequence: place?.sequence ?? 0, count: place?.count ?? count };
  }

  /** The run was numbered. */
  record(owner: string, hi: number, lo: number, run: number, sequence: number, count: number, nowUs: number): void {
    const producer = this.owners.get(owner)?.get(keyOf(hi, lo)) ?? this.create(owner, hi, lo);
    producer.lastRun = run;
    producer.recent.push({ sequence, count });
    if (producer.recent.length > rememberedRuns) producer.recent.splice(0, rememberedRuns / 2);
    producer.seenUs = Math.max(producer.seenUs, nowUs);
    this.changed.add(producer);
  }

  /** Writes what changed, inside a transaction. */
  write(): void {
    const { tenant, topic } = this.id;
    const upsert = this.db.sql('INSERT INTO producers VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_run = excluded.last_run, seen_us = excluded.seen_us');
    for (const { owner, hi, lo, lastRun, seenUs } of this.changed) upsert.run(tenant, topic, owner, hi, lo, lastRun, seenUs);
    this.changed.clear();
  }

  /** Forgets producers last seen before, inside a transaction. */
  forgetIdle(beforeUs: number): void {
    let forgotten = 0;
    for (const producers of this.owners.values()) {
      for (const producer of producers.values()) {
        if (producer.seenUs >= beforeUs) continue;
        this.drop(producer);
        forgotten += 1;
      }
    }
    this.write();
    if (forgotten > 0) this.db.sql('DELETE FROM producers WHERE tenant_id = ? AND topic_id = ? AND seen_us < ?').run(this.id.tenant, this.id.topic, beforeUs);
  }

  /** Forgets all, inside a transaction. */
  clear(): void {
    this.owners.clear();
    this.changed.clear();
    this.db.sql('DELETE FROM producers WHERE tenant_id = ? AND topic_id = ?').run(this.id.tenant, this.id.topic);
  }

  private create(owner: string, hi: number, lo: number): Producer {
    const producers = this.owners.get(owner);
    if (producers !== undefined && producers.size >= producersPerOwner) {
      const [idlest] = [...producers.values()].sort((a, b) => a.seenUs - b.seenUs);
      this.drop(idlest);
      this.db.sql('DELETE FROM producers WHERE tenant_id = ? AND topic_id = ? AND owner = ? AND hi = ? AND lo = ?')
        .run(this.id.tenant, this.id.topic, owner, idlest.hi, idlest.lo);
    }
    return this.keep({ owner, hi, lo, lastRun: 0, seenUs: 0, recent: [] });
  }

  private keep(producer: Producer): Producer {
    const producers = this.owners.get(producer.owner) ?? new Map<string, Producer>();
    this.owners.set(producer.owner, producers.set(keyOf(producer.hi, producer.lo), producer));
    return producer;
  }

  private drop(producer: Producer): void {
    const producers = this.owners.get(producer.owner);
    producers?.delete(keyOf(producer.hi, producer.lo));
    if (producers?.size === 0) this.owners.delete(producer.owner);
    this.changed.delete(producer);
  }

  /** Looks the newest runs of the topic through, without their bodies. */
  private recall(producer: Producer, run: number): Producer['recent'][number] | undefined {
    if (this.isRecalled) return undefined;
    this.isRecalled = true;
    const rows = this.db.sql('SELECT owner, hi, lo, run, sequence, count FROM runs WHERE tenant_id = ? AND topic_id = ? ORDER BY sequence DESC LIMIT ?')
      .all(this.id.tenant, this.id.topic, recalledRuns) as [string | null, number, number, number, number, number][];
    for (const [owner, hi, lo, taken, sequence, count] of rows) {
      const known = owner === null ? undefined : this.owners.get(owner)?.get(keyOf(hi, lo));
      // Newest first: each run found is the one before the oldest that is remembered.
      if (known !== undefined && taken === known.lastRun - known.recent.length && known.recent.length < rememberedRuns) known.recent.unshift({ sequence, count });
    }
    return placeOf(producer, run);
  }
}

function placeOf({ lastRun, recent }: Producer, run: number): Producer['recent'][number] | undefined {
  return recent[run - 1 - (lastRun - recent.length)];
}

function keyOf(hi: number, lo: number): string {
  return `${hi}.${lo}`;
}
