import type { PlaceRegister } from './place-register.js';
import { comparePlaces, coversPlace, lostMemoryBetween, placeText, type Delivery, type Place, type PublishRecord, type RecordedRun, type SubscriberRecord, type ToldGap } from './recorded-run.js';
import type { Report } from './violation.js';

interface TopicState {
  position: Place;
  /** Index of the first known place behind the position. */
  nextKnown: number;
  readonly gaps: ToldGap[];
  /** Epoch in which each id came first. */
  readonly seen: Map<string, bigint>;
  readonly orders: Map<string, number>;
  timeUs: bigint;
}

/**
 * Walks through what one subscriber saw: places and times rise, each publisher's order is kept, nothing comes twice, and every place that is
 * known of and was passed over was told as lost before, as was every change of epoch.
 */
export function checkSubscriber(subscriber: SubscriberRecord, context: Context): void {
  const { register, report } = context;
  const { name, begins, entries } = subscriber;
  const states = new Map<string, TopicState>();
  for (const { topic, place } of begins) {
    const firstKnown = register.ofTopic(topic).findIndex((known) => comparePlaces(known.place, place) > 0);
    states.set(topic, stateAt(place, firstKnown < 0 ? register.ofTopic(topic).length : firstKnown));
  }
  for (const entry of entries) {
    if (subscriber.room !== undefined && roomOf(entry.topic) === subscriber.room && !states.has(entry.topic)) states.set(entry.topic, stateAt({ epoch: 0n, sequence: 0n }, 0));
    const state = states.get(entry.topic);
    if (state === undefined) report('phantom', `${name} heard of ${entry.topic}, which it did not join`);
    else if (entry.kind === 'gap') state.gaps.push(entry);
    else if (entry.kind === 'joined') passOver(name, entry.topic, state, entry.head, context);
    else checkDelivery(name, entry, state, context);
  }
  for (const [topic, state] of states) passOver(name, topic, state, undefined, context);
}

/** What a run's deliveries are judged by. */
export interface Context {
  readonly run: RecordedRun;
  readonly published: ReadonlyMap<string, PublishRecord>;
  readonly register: PlaceRegister;
  readonly report: Report;
}

function stateAt(position: Place, nextKnown: number): TopicState {
  return { position, nextKnown, gaps: [], seen: new Map(), orders: new Map(), timeUs: 0n };
}

function roomOf(topic: string): string {
  return topic.split(':', 1)[0];
}

function checkDelivery(name: string, delivery: Delivery, state: TopicState, context: Context): void {
  const { report } = context;
  const { topic, id, place } = delivery;
  const where = `${name} at ${String(delivery.atMs)} ms: ${topic} ${placeText(place)} ${id}`;
  const publish = context.published.get(id);
  if (publish?.topic !== topic) report('phantom', `${where} was never published there`);
  const seenIn = state.seen.get(id);
  if (seenIn === undefined) state.seen.set(id, place.epoch);
  else if (lostMemoryBetween(context.run, seenIn, place.epoch)) report('repeated_after_memory_loss', `${where} came before in epoch ${String(seenIn)}`, id);
  else report('delivered_twice', `${where} came before`);
  const before = state.position;
  if (comparePlaces(place, before) <= 0) {
    report('reordered', `${where} after ${placeText(before)}`);
    return;
  }
  // What comes again was in its order before; that it comes again is what is wrong.
  if (seenIn === undefined) checkOrder(where, publish, state, report);
  checkChain(where, delivery, state, report);
  // Epoch 0: the topic was not there when the subscriber joined, all of it is new.
  if (place.epoch !== before.epoch && before.epoch !== 0n && !state.gaps.some((gap) => coversPlace(gap, { epoch: before.epoch, sequence: before.sequence + 1n }))) {
    report('epoch_change_untold', `${where} after ${placeText(before)}, no gap was told`);
  }
  if (place.epoch === before.epoch && delivery.timeUs < state.timeUs) report('time_went_back', `${where} by ${String(state.timeUs - delivery.timeUs)} µs`);
  state.timeUs = delivery.timeUs;
  passOver(name, topic, state, place, context);
  state.position = place;
}

function checkOrder(where: string, publish: PublishRecord | undefined, state: TopicState, report: Report): void {
  if (publish === undefined) return;
  const order = state.orders.get(publish.publisher) ?? 0;
  if (publish.order < order) report('publisher_reordered', `${where} after number ${String(order)} of the same publisher`);
  state.orders.set(publish.publisher, Math.max(order, publish.order));
}

/** Where the client shows the predecessor of a run, it is what came last, or what a told loss leads to. */
function checkChain(where: string, { place, prev }: Delivery, state: TopicState, report: Report): void {
  if (prev === undefined) return;
  const { position } = state;
  const isNext = place.epoch === position.epoch ? prev <= position.sequence : prev === 0n;
  const told = { epoch: place.epoch, sequence: prev };
  if (!isNext && !state.gaps.some((gap) => coversPlace(gap, told))) report('chain_broken', `${where} follows ${String(prev)}, last seen was ${placeText(position)}`);
}

/** Checks the known places between the position and `to`, all that remain when there is no `to`. */
function passOver(name: string, topic: string, state: TopicState, to: Place | undefined, { register, report }: Context): void {
  const known = register.ofTopic(topic);
  for (; state.nextKnown < known.length; state.nextKnown += 1) {
    const { place, id, witness } = known[state.nextKnown];
    if (to !== undefined && comparePlaces(place, to) > 0) return;
    if (state.seen.has(id) || state.gaps.some((gap) => coversPlace(gap, place))) continue;
    const next = to === undefined ? 'the end' : placeText(to);
    report('hole', `${name}: ${topic} ${placeText(place)} ${id} (known by ${witness}) was passed over between ${placeText(state.position)} and ${next}, and no loss was told`);
  }
}
