import { checkSubscriber } from './check-subscriber.js';
import { PlaceRegister } from './place-register.js';
import { deliveredCountOf, lostMemoryBetween, placeText, type PublishRecord, type ReadRecord, type RecordedRun } from './recorded-run.js';
import { knownLimits, Violations, type Report } from './violation.js';

/** What the checker found. */
export interface Verdict {
  /** Weakest durability that an acknowledgement named. */
  readonly promised: string;
  readonly ackedCount: number;
  /** Publishes whose outcome the publisher does not know. */
  readonly unknownCount: number;
  /** How often each code left an outcome unknown. */
  readonly unknownByCode: Readonly<Record<string, number>>;
  /** Events that applications got, over all subscribers. */
  readonly deliveredCount: number;
  /** Acknowledged events that are gone although their durability promised them. */
  readonly lostAckedCount: number;
  /** Acknowledged events that are gone as their durability says: MEMORY, and their Spine was killed. */
  readonly lostAsPromisedCount: number;
  readonly duplicatedCount: number;
  readonly reorderedCount: number;
  /** Epochs, over all topics. */
  readonly epochCount: number;
  readonly violations: Violations;
}

const strengths = ['UNSPECIFIED', 'MEMORY', 'STORE', 'FSYNC', 'QUORUM'];

/** Judges a recorded run. Pure: the same record gives the same verdict. */
export function checkRun(run: RecordedRun): Verdict {
  const violations = new Violations(knownLimits);
  const { report } = violations;
  const register = new PlaceRegister(run, report);
  const published = new Map(run.publishes.map((publish) => [publish.id, publish]));
  const acked = run.publishes.filter(({ outcome }) => outcome.kind === 'acked');
  if (acked.length === 0) report('nothing_acknowledged', 'no publish was acknowledged, so the run shows nothing');
  for (const id of run.pending) report('publish_never_settled', `${id} was neither acknowledged nor refused after all faults were healed`);
  for (const ended of run.endedClients) report('client_ended', ended);
  for (const subscriber of run.subscribers) checkSubscriber(subscriber, { run, published, register, report });
  for (const read of run.reads) checkRead(read, published, report);
  checkReadsAgree(run.reads, report);
  checkEpochs(run, register, report);
  const lostAsPromisedCount = checkAcked(run, acked, report);
  checkDelivered(run, report);
  return {
    promised: promisedBy(acked),
    ackedCount: acked.length,
    unknownCount: run.publishes.length - acked.length,
    unknownByCode: countUnknown(run.publishes),
    deliveredCount: run.subscribers.reduce((sum, { entries }) => sum + deliveredCountOf(entries), 0),
    lostAckedCount: violations.count('acked_lost'),
    lostAsPromisedCount,
    duplicatedCount: violations.countFailing('delivered_twice', 'stored_twice', 'repeated_after_memory_loss'),
    reorderedCount: violations.count('reordered', 'publisher_reordered'),
    epochCount: register.topics().reduce((sum, topic) => sum + register.epochsOf(topic).length, 0),
    violations,
  };
}

function countUnknown(publishes: readonly PublishRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of publishes) if (outcome.kind === 'unknown') counts[outcome.code] = (counts[outcome.code] ?? 0) + 1;
  return counts;
}

function promisedBy(acked: readonly PublishRecord[]): string {
  const named = new Set(acked.flatMap(({ outcome }) => (outcome.kind === 'acked' ? [outcome.durability] : [])));
  return strengths.find((strength) => named.has(strength)) ?? 'NONE';
}

/** History itself: places and times rise, each publisher's order is kept, nothing is there that nobody wrote. */
function checkRead({ via, topic, epoch, events }: ReadRecord, published: ReadonlyMap<string, PublishRecord>, report: Report): void {
  const orders = new Map<string, number>();
  let [lastSequence, lastTimeUs] = [0n, 0n];
  for (const { id, sequence, timeUs } of events) {
    const where = `history of ${via}: ${topic} ${placeText({ epoch, sequence })} ${id}`;
    if (sequence <= lastSequence) report('reordered', `${where} after ${String(lastSequence)}`);
    if (timeUs < lastTimeUs) report('time_went_back', `${where} by ${String(lastTimeUs - timeUs)} µs`);
    [lastSequence, lastTimeUs] = [sequence, timeUs];
    const publish = published.get(id);
    if (publish?.topic !== topic) report('phantom', `${where} was never published there`);
    if (publish === undefined) continue;
    const order = orders.get(publish.publisher) ?? 0;
    if (publish.order < order) report('publisher_reordered', `${where} after number ${String(order)} of the same publisher`);
    orders.set(publish.publisher, Math.max(order, publish.order));
  }
}

/** Whichever server is asked, a topic reads the same. */
function checkReadsAgree(reads: readonly ReadRecord[], report: Report): void {
  const first = new Map<string, ReadRecord>();
  for (const read of reads) {
    const other = first.get(read.topic);
    if (other === undefined) {
      first.set(read.topic, read);
      continue;
    }
    const at = Array.from({ length: Math.max(read.events.length, other.events.length) }, (_, index) => index)
      .find((index) => other.events.at(index)?.id !== read.events.at(index)?.id || other.events.at(index)?.sequence !== read.events.at(index)?.sequence);
    if (read.epoch !== other.epoch || at !== undefined) {
      report('reads_differ', `${read.topic} differs between ${other.via} (epoch ${String(other.epoch)}) and ${read.via} (epoch ${String(read.epoch)}) from event ${String(at)} on`);
    }
  }
}

/** An epoch ends only where memory died with its Spine: between two epochs of a topic lies such a death. */
function checkEpochs(run: RecordedRun, register: PlaceRegister, report: Report): void {
  for (const topic of register.topics()) {
    const epochs = register.epochsOf(topic);
    for (const [index, epoch] of epochs.slice(1).entries()) {
      const before = epochs[index];
      if (lostMemoryBetween(run, before, epoch)) continue;
      report('epoch_without_cause', `${topic} went from epoch ${String(before)} to ${String(epoch)}, and no Spine with its memory died between`);
    }
  }
}

/** Acknowledged is read, as far as its durability reaches; returns how many MEMORY ones went with a killed Spine. */
function checkAcked(run: RecordedRun, acked: readonly PublishRecord[], report: Report): number {
  const stored = storedEverywhere(run.reads);
  const epochs = new Map(run.reads.map((read) => [read.topic, read.epoch]));
  const lastSpineDeathMs = Math.max(-1, ...run.deaths.filter(({ part }) => part === 'spine').map(({ atMs }) => atMs));
  let lostAsPromisedCount = 0;
  for (const { id, topic, outcome, calledMs, settledMs } of acked) {
    if (outcome.kind !== 'acked' || stored.get(topic)?.has(id) === true) continue;
    const { durability, place } = outcome;
    const text = `${id}, acknowledged ${durability} at ${topic} ${placeText(place)}, published at ${String(calledMs)} ms, acknowledged at ${String(settledMs)} ms,`;
    // The Spine may have answered before it died and the answer arrived later, so the publish is what must lie before the death.
    if (durability !== 'MEMORY' || lastSpineDeathMs < calledMs) report('acked_lost', `${text} is not in history; its Spine lived on or its store was to keep it`);
    else if (epochs.get(topic) === place.epoch) report('lost_untold', `${text} is not in history, whose epoch is the same`);
    else lostAsPromisedCount += 1;
  }
  return lostAsPromisedCount;
}

/** Ids of each topic that every server gave. */
function storedEverywhere(reads: readonly ReadRecord[]): Map<string, ReadonlySet<string>> {
  const stored = new Map<string, ReadonlySet<string>>();
  for (const { topic, events } of reads) {
    const before = stored.get(topic);
    stored.set(topic, new Set(events.map(({ id }) => id).filter((id) => before?.has(id) ?? true)));
  }
  return stored;
}

/** Fan-out follows acceptance by the store: what was delivered in an epoch that lives on is in its history. */
function checkDelivered(run: RecordedRun, report: Report): void {
  for (const { topic, epoch, events } of run.reads) {
    const stored = new Set(events.map(({ id }) => id));
    for (const { name, entries } of run.subscribers) {
      for (const entry of entries) {
        if (entry.kind !== 'delivered' || entry.topic !== topic || entry.place.epoch !== epoch || stored.has(entry.id)) continue;
        report('delivered_not_stored', `${entry.id} was delivered to ${name} at ${topic} ${placeText(entry.place)} and is not in history`, entry.id);
      }
    }
  }
}
