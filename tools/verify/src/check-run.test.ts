import { describe, expect, it } from 'vitest';
import { checkRun } from './check-run.js';
import { tellsOf, type Delivery, type Place, type PublishOutcome, type PublishRecord, type ReadRecord, type RecordedRun, type SubscriberRecord, type ToldGap } from './recorded-run.js';
import { violationKinds, type ViolationKind } from './violation.js';

const [firstEpoch, secondEpoch] = [1_000_000n, 9_000_000n];

function place(sequence: number, epoch = firstEpoch): Place {
  return { epoch, sequence: BigInt(sequence) };
}

function acked(sequence: number, options: { epoch?: bigint; durability?: string } = {}): PublishOutcome {
  return { kind: 'acked', place: place(sequence, options.epoch), durability: options.durability ?? 'FSYNC', isDuplicate: false };
}

function publish(order: number, outcome: PublishOutcome = acked(order), more: Partial<PublishRecord> = {}): PublishRecord {
  return { id: `p.${String(order)}`, publisher: 'p', topic: 't', order, calledMs: order * 10, settledMs: order * 10 + 5, outcome, ...more };
}

function delivered(order: number, at: Place = place(order), more: Partial<Delivery> = {}): Delivery {
  return { kind: 'delivered', topic: 't', id: `p.${String(order)}`, place: at, timeUs: at.sequence, atMs: order * 10 + 6, ...more };
}

function gap(after: Place, resumesAt: Place, isLost = true): ToldGap {
  return { kind: 'gap', topic: 't', after, resumesAt, reason: 'EPOCH_CHANGED', isLost, atMs: 0 };
}

function subscriber(...entries: SubscriberRecord['entries']): SubscriberRecord {
  return { name: 's', begins: [{ topic: 't', place: place(0) }], entries };
}

function read(orders: readonly number[], more: Partial<ReadRecord> = {}): ReadRecord {
  return { via: 'shield-1', topic: 't', epoch: firstEpoch, events: orders.map((order) => ({ id: `p.${String(order)}`, sequence: BigInt(order), timeUs: BigInt(order) })), ...more };
}

/** Three events, written, delivered and read as they should be, with what the case changes. */
function recorded(more: Partial<RecordedRun> = {}): RecordedRun {
  return {
    startedAtUs: 1_000_000n,
    publishes: [publish(1), publish(2), publish(3)],
    pending: [],
    endedClients: [],
    subscribers: [subscriber(delivered(1), delivered(2), delivered(3))],
    reads: [read([1, 2, 3])],
    deaths: [],
    ...more,
  };
}

function kindsIn(run: RecordedRun): ViolationKind[] {
  return Object.keys(checkRun(run).violations.byKind()) as ViolationKind[];
}

/** Memory lost with its Spine: events 1 and 2 in the first epoch, of which 1 was delivered, 3 in the second. */
function lostMemory(more: Partial<RecordedRun> = {}): RecordedRun {
  const memory = { durability: 'MEMORY' };
  return recorded({
    publishes: [publish(1, acked(1, memory)), publish(2, acked(2, memory)), publish(3, acked(1, { ...memory, epoch: secondEpoch }), { calledMs: 9_000 })],
    subscribers: [subscriber(delivered(1), gap(place(1), place(0, secondEpoch)), delivered(3, place(1, secondEpoch)))],
    reads: [{ ...read([]), epoch: secondEpoch, events: [{ id: 'p.3', sequence: 1n, timeUs: 1n }] }],
    deaths: [{ part: 'spine', name: 'spine-1', atMs: 100 }],
    ...more,
  });
}

describe('checkRun()', () => {
  it('finds nothing in a run where all went well', () => {
    const verdict = checkRun(recorded());
    expect(verdict.violations.first).toEqual([]);
    expect(verdict).toMatchObject({ promised: 'FSYNC', ackedCount: 3, deliveredCount: 3, lostAckedCount: 0, duplicatedCount: 0, reorderedCount: 0, epochCount: 1 });
  });

  it('takes sequences that are not dense, and an unknown outcome whichever it was', () => {
    const unknown: PublishOutcome = { kind: 'unknown', code: 'PRODUCER_UNKNOWN' };
    expect(kindsIn(recorded({ publishes: [publish(1), publish(2, unknown), publish(3)] }))).toEqual([]);
    const without = { publishes: [publish(1), publish(2, unknown), publish(3)], subscribers: [subscriber(delivered(1), delivered(3))], reads: [read([1, 3])] };
    expect(kindsIn(recorded(without))).toEqual([]);
  });

  it('takes the loss of memory with its Spine when it was told', () => {
    const verdict = checkRun(lostMemory());
    expect(verdict.violations.first).toEqual([]);
    expect(verdict).toMatchObject({ promised: 'MEMORY', lostAckedCount: 0, lostAsPromisedCount: 2, epochCount: 2 });
  });

  it('takes a subscriber that was told of an interruption and then got everything', () => {
    const entries = [delivered(1), gap(place(1), place(1), false), delivered(2), delivered(3)];
    expect(kindsIn(recorded({ subscribers: [subscriber(...entries)] }))).toEqual([]);
  });

  it('takes what a subscriber of a whole room hears of channels that nobody wrote to', () => {
    const entries = [delivered(1), { ...gap(place(0), place(0, secondEpoch)), topic: 't:quiet' }, delivered(2), delivered(3)];
    expect(kindsIn(recorded({ subscribers: [{ ...subscriber(...entries), room: 't' }] }))).toEqual([]);
  });
});

const another = publish(9, acked(2));
const bad: readonly (readonly [what: string, run: RecordedRun, kinds: readonly ViolationKind[]])[] = [
  ['nothing was acknowledged', recorded({ publishes: [], subscribers: [], reads: [] }), ['nothing_acknowledged']],
  ['a publish never settles', recorded({ pending: ['p.4'] }), ['publish_never_settled']],
  ['a client is closed for good', recorded({ endedClients: ['s: LIMIT'] }), ['client_ended']],
  ['an acknowledged event is not read', recorded({ publishes: [publish(1), publish(2), publish(3), publish(4)], subscribers: [] }), ['acked_lost']],
  ['an acknowledged event is not read although a Spine died, and STORE was promised', recorded({
    publishes: [publish(1, acked(1, { durability: 'STORE' })), publish(2), publish(3)], subscribers: [], reads: [read([2, 3])], deaths: [{ part: 'spine', name: 'spine-1', atMs: 100 }],
  }), ['acked_lost']],
  ['memory is lost although no Spine died', lostMemory({ deaths: [] }), ['acked_lost', 'epoch_without_cause']],
  ['memory is lost although only a Shield died', lostMemory({ deaths: [{ part: 'shield', name: 'shield-1', atMs: 100 }] }), ['acked_lost', 'epoch_without_cause']],
  ['memory that was acknowledged after the death is lost', recorded({
    publishes: [publish(1, acked(1, { durability: 'MEMORY' })), publish(2, acked(2, { durability: 'MEMORY' }), { calledMs: 5_000 })],
    subscribers: [], reads: [read([1])], deaths: [{ part: 'spine', name: 'spine-1', atMs: 100 }],
  }), ['acked_lost']],
  ['memory is lost with its Spine and the epoch stays', recorded({
    publishes: [publish(1, acked(1, { durability: 'MEMORY' })), publish(2, acked(2, { durability: 'MEMORY' }))],
    subscribers: [], reads: [read([2])], deaths: [{ part: 'spine', name: 'spine-1', atMs: 100 }],
  }), ['lost_untold']],
  ['a durable topic changes its epoch', recorded({
    publishes: [publish(1), publish(2, acked(1, { epoch: secondEpoch }))],
    subscribers: [], reads: [{ ...read([]), epoch: secondEpoch, events: [{ id: 'p.2', sequence: 1n, timeUs: 1n }] }], deaths: [{ part: 'spine', name: 'spine-1', atMs: 100 }],
  }), ['epoch_without_cause', 'acked_lost']],
  ['a subscriber is not told of a new epoch', lostMemory({ subscribers: [subscriber(delivered(1), delivered(3, place(1, secondEpoch)))] }), ['epoch_change_untold', 'hole']],
  ['a number is acknowledged for another event than is read', recorded({ publishes: [publish(1), publish(2), publish(3), another] }), ['number_issued_twice', 'acked_lost']],
  ['two subscribers get different events under one number', recorded({
    publishes: [publish(1), publish(2), publish(3), publish(4, { kind: 'unknown', code: 'TIMEOUT' })],
    subscribers: [subscriber(delivered(1), delivered(2), delivered(3)), { ...subscriber(delivered(1), delivered(2), delivered(4, place(3))), name: 'other' }],
  }), ['number_issued_twice', 'delivered_not_stored', 'hole']],
  ['an event lies in history twice', recorded({ reads: [{ ...read([1, 2, 3]), events: [...read([1, 2, 3]).events, { id: 'p.2', sequence: 4n, timeUs: 4n }] }] }), ['stored_twice', 'publisher_reordered']],
  ['an event is acknowledged at another place than it is read', recorded({ publishes: [publish(1), publish(2, acked(5)), publish(3)] }), ['stored_twice']],
  ['a subscriber gets an event twice', recorded({ subscribers: [subscriber(delivered(1), delivered(2), delivered(2), delivered(3))] }), ['delivered_twice', 'reordered']],
  ['a subscriber gets an event out of order', recorded({ subscribers: [subscriber(delivered(1), delivered(3), delivered(2))] }), ['reordered', 'hole']],
  ['a subscriber gets an epoch that is past', lostMemory({
    subscribers: [subscriber(delivered(1), gap(place(1), place(0, secondEpoch)), delivered(3, place(1, secondEpoch)), delivered(2))],
  }), ['reordered']],
  ['events of a publisher are stored in another order', recorded({
    publishes: [publish(1, acked(2)), publish(2, acked(1)), publish(3)], subscribers: [],
    reads: [{ ...read([]), events: [{ id: 'p.2', sequence: 1n, timeUs: 1n }, { id: 'p.1', sequence: 2n, timeUs: 2n }, { id: 'p.3', sequence: 3n, timeUs: 3n }] }],
  }), ['publisher_reordered']],
  ['a subscriber misses an event', recorded({ subscribers: [subscriber(delivered(1), delivered(3))] }), ['hole']],
  ['a subscriber misses an event and is told that it still comes', recorded({ subscribers: [subscriber(delivered(1), gap(place(1), place(2), false), delivered(3))] }), ['hole']],
  ['a subscriber is told of a loss after it has passed over it', recorded({ subscribers: [subscriber(delivered(1), delivered(3), gap(place(1), place(2)))] }), ['hole']],
  ['a subscriber misses the end', recorded({ subscribers: [subscriber(delivered(1), delivered(2))] }), ['hole']],
  ['a subscriber that comes back is not given everything before the answer', recorded({
    subscribers: [subscriber(delivered(1), { kind: 'joined', topic: 't', head: place(2), atMs: 20 }, delivered(2), delivered(3))],
  }), ['hole']],
  ['a run follows one that the subscriber did not get', recorded({
    publishes: [publish(1), publish(3)], reads: [read([1, 3])], subscribers: [subscriber(delivered(1, place(1), { prev: 0n }), delivered(3, place(3), { prev: 2n }))],
  }), ['chain_broken']],
  ['a subscriber hears of a topic that it did not join', recorded({ subscribers: [subscriber(delivered(1), delivered(2), delivered(3), { ...gap(place(0), place(0, secondEpoch)), topic: 'u' })] }), ['phantom']],
  ['a subscriber of a room gets what nobody wrote', recorded({ subscribers: [{ ...subscriber(delivered(1), delivered(2), delivered(3), delivered(7, place(1), { topic: 't:new' })), room: 't' }] }), ['phantom']],
  ['something is delivered that nobody wrote', recorded({ subscribers: [subscriber(delivered(1), delivered(2), delivered(3), delivered(7))] }), ['phantom', 'delivered_not_stored']],
  ['something is delivered that is in no history', recorded({
    publishes: [publish(1), publish(2), publish(3), publish(4, { kind: 'unknown', code: 'TIMEOUT' })], subscribers: [subscriber(delivered(1), delivered(2), delivered(3), delivered(4))],
  }), ['delivered_not_stored']],
  ['memory is lost with its Spine, and the next one takes and delivers again what had no answer', lostMemory({
    subscribers: [subscriber(delivered(1), delivered(2), delivered(3, place(3)), gap(place(3), place(0, secondEpoch)), delivered(3, place(1, secondEpoch)))],
  }), ['repeated_after_memory_loss']],
  ['a durable topic delivers an event in two epochs', recorded({
    publishes: [publish(1), publish(2, acked(1, { epoch: secondEpoch }))], reads: [{ ...read([]), epoch: secondEpoch, events: [{ id: 'p.2', sequence: 1n, timeUs: 1n }] }],
    subscribers: [subscriber(delivered(1), delivered(2), gap(place(2), place(0, secondEpoch)), delivered(2, place(1, secondEpoch)))],
  }), ['stored_twice', 'delivered_twice', 'epoch_without_cause', 'acked_lost']],
  ['two servers read differently', recorded({ reads: [read([1, 2, 3]), { ...read([1, 3]), via: 'spine-2' }] }), ['reads_differ', 'acked_lost', 'delivered_not_stored']],
  ['the time of a topic goes back', recorded({ subscribers: [subscriber(delivered(1), delivered(2, place(2), { timeUs: 0n }), delivered(3))] }), ['time_went_back']],
];

describe('checkRun() of a run in which', () => {
  it.each(bad)('%s', (_, run, kinds) => {
    expect(kindsIn(run).sort()).toEqual([...kinds].sort());
  });

  it('each kind of violation is shown to be found', () => {
    expect([...new Set(bad.flatMap(([, , kinds]) => kinds))].sort()).toEqual([...violationKinds].sort());
  });
});

describe('tellsOf()', () => {
  const last = { id: 'p.3', place: place(3) };

  it.each<[string, SubscriberRecord['entries'], boolean]>([
    ['an event that came', [delivered(3)], true],
    ['an event that came elsewhere', [{ ...delivered(3), topic: 'u' }], false],
    ['an event that did not come', [delivered(1), delivered(2)], false],
    ['a loss up to the event', [gap(place(1), place(3))], true],
    ['a loss before the event', [gap(place(1), place(2))], false],
    ['an interruption that loses nothing', [gap(place(1), place(3), false)], false],
    ['an event of an epoch that began before the position', [gap(place(1), place(0, secondEpoch))], true],
  ])('%s', (_, entries, expected) => {
    expect(tellsOf(entries, 't', last)).toBe(expected);
  });
});
