import { buildFrame } from '@arqonbus/envelope';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { createUnitBus, openUnitSession } from '../../test/bus.fixture.js';
import type { Bus } from '../bus.js';
import { DeferredFrames } from './deferred-frames.js';
import type { Session } from './session.js';

const nothing = (): void => undefined;
const frameBytes = 20_000;
const text = new TextDecoder();

/** Each look at the clock takes as long as a slow machine needs for a frame. */
const readTakesMs = 1;
let clockMs = 0;
let bus: Bus;

beforeEach(() => {
  clockMs = 1_000_000;
  bus = createUnitBus({ nowMs: () => { clockMs += readTakesMs; return clockMs; } });
});

const open = (id: number, roles: readonly 'service'[] = []): ReturnType<typeof openUnitSession> => openUnitSession(bus, id, { roles, nowMs: clockMs });

function send(session: Session, number: number, sizeBytes = frameBytes): void {
  const payload = new Uint8Array(sizeBytes).fill(0x20);
  payload.set(new TextEncoder().encode(`${String(session.id)}/${String(number)} `));
  const id = new Uint8Array(16);
  new DataView(id.buffer).setUint32(0, session.id);
  new DataView(id.buffer).setUint32(4, number);
  const frame = buildFrame([{ room: 'plans', envelopes: [{ id, body: { case: 'event', value: { type: 'text/plain', payload } } }] }]);
  bus.intake.handle(session, frame, 0, frame.length);
}

/** What the topic took, in order: `<session>/<number>`. */
function taken(): string[] {
  const topic = bus.directory.findTopic(bus.directory.tenant('acme'), 'plans', '');
  if (topic === undefined) return [];
  const page = topic.history.read({ maxEvents: 10_000, maxBytes: 1 << 26 });
  return [...text.decode(page.bytes).matchAll(/(\d+\/\d+) /g)].map(([, name]) => name);
}

async function untilAllTaken(count: number): Promise<void> {
  for (let turns = 0; turns < 1_000 && taken().length < count; turns += 1) await nextTurn();
}

const numbers = (session: number, count: number): string[] => Array.from({ length: count }, (_, number) => `${String(session)}/${String(number)}`);

describe('frames of a session that had its share of a long turn', () => {
  it('wait for later turns, while others are heard at once; nothing is lost and the order stays', async () => {
    const { session: busy } = open(1);
    const { session: calm } = open(2);
    for (let number = 0; number < 60; number += 1) send(busy, number);
    const takenAtOnce = taken().length;
    send(calm, 0, 16);
    expect(takenAtOnce).toBeLessThan(20);
    expect(taken()).toEqual([...numbers(1, takenAtOnce), '2/0']);
    expect(bus.intake.counters.deferredFrames).toBe(60 - takenAtOnce);
    await untilAllTaken(61);
    expect(taken().filter((name) => name.startsWith('1/'))).toEqual(numbers(1, 60));
  });

  it('let a session sent little pass in each turn between them', async () => {
    const { session: busy } = open(1);
    const { session: calm } = open(2);
    for (let number = 0; number < 80; number += 1) send(busy, number);
    for (let number = 0; number < 5; number += 1) {
      await nextTurn();
      send(calm, number, 16);
    }
    const order = taken();
    expect(order.filter((name) => name.startsWith('2/'))).toEqual(numbers(2, 5));
    expect(order.length).toBeLessThan(85);
    await untilAllTaken(85);
    expect(taken().filter((name) => name.startsWith('1/'))).toEqual(numbers(1, 80));
  });

  it('of several sessions take turns', async () => {
    const { session: one } = open(1);
    const { session: two } = open(2);
    for (let number = 0; number < 40; number += 1) {
      send(one, number);
      send(two, number);
    }
    await untilAllTaken(80);
    const order = taken();
    for (const id of [1, 2]) expect(order.filter((name) => name.startsWith(`${String(id)}/`))).toEqual(numbers(id, 40));
    const lastOfOne = order.lastIndexOf('1/39');
    expect(Math.abs(lastOfOne - order.lastIndexOf('2/39'))).toBeLessThan(10);
  });

  it('count against the budget of the turns that they wait through: beyond it the session is closed with 4529 and forgotten', async () => {
    const { session: busy, closedWith } = open(1);
    for (let number = 0; number < 2_000 && closedWith.length === 0; number += 1) {
      send(busy, number);
      if (number % 50 === 49) await nextTurn();
    }
    expect(closedWith).toEqual([4529]);
    const sizeAtEnd = taken().length;
    for (let turns = 0; turns < 20; turns += 1) await nextTurn();
    expect(taken()).toHaveLength(sizeAtEnd);
    expect(busy.waiting).toBeUndefined();
  });

  it('are dealt with before what comes after them: the end of the session', async () => {
    const { session: busy } = open(1);
    for (let number = 0; number < 60; number += 1) send(busy, number);
    let takenAtEnd = 0;
    bus.intake.afterFramesOf(busy, () => { takenAtEnd = taken().length; });
    expect(takenAtEnd).toBe(0);
    await untilAllTaken(60);
    expect(takenAtEnd).toBe(60);
  });

  it('are dealt with at once when they must be', () => {
    const { session: busy } = open(1);
    const { session: other } = open(2);
    for (let number = 0; number < 60; number += 1) send(busy, number);
    bus.intake.finishFramesOf(busy);
    bus.intake.finishFramesOf(other);
    expect(taken()).toEqual(numbers(1, 60));
    bus.intake.afterFramesOf(busy, nothing);
    expect(busy.waiting).toBeUndefined();
  });

  it('of another session are not forgotten when one of a session has the rest of it dealt with', async () => {
    const { session: one } = open(1);
    const { session: two } = open(2);
    const handled: string[] = [];
    const ended: string[] = [];
    const deferred = new DeferredFrames({
      maxBytes: 1_000, sliceMs: 5, nowMs: () => 0,
      handle: (session, frame) => {
        handled.push(`${String(session.id)}/${String(frame[0])}`);
        if (session === one) deferred.finish(session);
      },
    });
    for (const number of [0, 1, 2]) for (const session of [one, two]) deferred.add(session, Uint8Array.of(number));
    deferred.afterwards(one, () => ended.push('one'));
    deferred.afterwards(two, () => ended.push('two'));
    for (let turns = 0; turns < 10; turns += 1) await nextTurn();
    expect(handled.filter((name) => name.startsWith('1/'))).toEqual(numbers(1, 3));
    expect(handled.filter((name) => name.startsWith('2/'))).toEqual(numbers(2, 3));
    expect(ended).toEqual(['one', 'two']);
    expect(deferred.bytes).toBe(0);
  });

  it('do not exist for a service, which has a budget of its own', () => {
    const { session: service } = open(1, ['service']);
    for (let number = 0; number < 200; number += 1) send(service, number);
    expect(taken()).toEqual(numbers(1, 200));
    expect(bus.intake.counters.deferredFrames).toBe(0);
  });
});
