import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventIdSource } from './id-texts.js';
import type { Outbox, OutboxBounds, OutboxEvent } from './outbox.js';

const ids = new EventIdSource();

/** An event for an outbox; what it holds is none of its business. */
export function outboxEvent(text = 'x'): OutboxEvent {
  return { id: ids.next(), payload: new TextEncoder().encode(text) };
}

/** What every outbox does. `open` makes an empty one. */
export function describeOutbox(name: string, open: (bounds?: OutboxBounds) => Promise<Outbox>): void {
  describe(`${name} as an outbox`, () => {
    let outbox: Outbox;

    beforeEach(async () => {
      outbox = await open();
    });

    afterEach(() => outbox.close());

    it('gives events in the order in which they came, at most as many as asked for', async () => {
      const events = ['a', 'b', 'c'].map(outboxEvent);
      await Promise.all(events.map((event) => outbox.append(event)));
      expect(await outbox.pending(10)).toEqual(events);
      expect(await outbox.pending(2)).toEqual(events.slice(0, 2));
      expect(await outbox.pending(2)).toEqual(events.slice(0, 2));
    });

    it('keeps an id once', async () => {
      const event = outboxEvent('a');
      await Promise.all([outbox.append(event), outbox.append(event)]);
      await outbox.append({ id: event.id, payload: new Uint8Array([9]) });
      expect(await outbox.pending(10)).toEqual([event]);
    });

    it('forgets what was removed, and nothing for an unknown id', async () => {
      const [first, second] = [outboxEvent(), outboxEvent()];
      await outbox.append(first);
      await outbox.append(second);
      await outbox.remove([first.id, outboxEvent().id]);
      expect(await outbox.pending(10)).toEqual([second]);
      await outbox.remove([]);
      await outbox.append(first);
      expect(await outbox.pending(10)).toEqual([second, first]);
    });

    it('sets refused events apart, and readmits them behind the others', async () => {
      const [first, second, third] = [outboxEvent('1'), outboxEvent('2'), outboxEvent('3')];
      for (const event of [first, second, third]) await outbox.append(event);
      expect(await outbox.refuse(first.id, 'NOT_PERMITTED')).toEqual([]);
      expect(await outbox.refuse(second.id, 'CASIL_POLICY_BLOCKED')).toEqual([]);
      expect(await outbox.pending(10)).toEqual([third]);
      expect(await outbox.refused()).toEqual([{ ...first, code: 'NOT_PERMITTED' }, { ...second, code: 'CASIL_POLICY_BLOCKED' }]);
      await outbox.readmit([first.id, third.id]);
      expect(await outbox.pending(10)).toEqual([third, first]);
      await outbox.append(second);
      expect(await outbox.pending(10)).toEqual([third, first, second]);
      expect(await outbox.refused()).toEqual([]);
      await outbox.refuse(second.id, 'NOT_PERMITTED');
      await outbox.remove([second.id]);
      expect(await outbox.refused()).toEqual([]);
    });

    it('takes no more than its number of events, and goes on once there is room', async () => {
      await outbox.close();
      outbox = await open({ maxEvents: 2 });
      const [first, second, third] = [outboxEvent(), outboxEvent(), outboxEvent()];
      const outcomes = await Promise.allSettled([first, second, third].map((event) => outbox.append(event)));
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
      await expect(outbox.append(third)).rejects.toMatchObject({ code: 'LIMIT', field: 'outbox' });
      expect(await outbox.pending(10)).toEqual([first, second]);
      await outbox.remove([first.id]);
      await outbox.append(third);
      expect(await outbox.pending(10)).toEqual([second, third]);
    });

    it('takes no more than its bytes', async () => {
      await outbox.close();
      outbox = await open({ maxBytes: 10 });
      await outbox.append(outboxEvent('x'.repeat(8)));
      await expect(outbox.append(outboxEvent('xxx'))).rejects.toMatchObject({ code: 'LIMIT' });
      await outbox.append(outboxEvent('xx'));
    });

    it('lets the oldest refused event fall out above its number, and tells which', async () => {
      await outbox.close();
      outbox = await open({ maxEvents: 2 });
      const events = [outboxEvent('1'), outboxEvent('2'), outboxEvent('3')];
      const fallen: unknown[] = [];
      for (const event of events) {
        await outbox.append(event);
        fallen.push(await outbox.refuse(event.id, 'NOT_PERMITTED'));
      }
      expect(fallen).toEqual([[], [], [{ ...events[0], code: 'NOT_PERMITTED' }]]);
      expect((await outbox.refused()).map(({ id }) => id)).toEqual([events[1].id, events[2].id]);
    });

    it('refuses to be used after its end, and bounds that bound nothing', async () => {
      await outbox.close();
      await outbox.close();
      await expect(outbox.append(outboxEvent())).rejects.toMatchObject({ name: 'ClosedError' });
      await expect(outbox.pending(1)).rejects.toMatchObject({ name: 'ClosedError' });
      for (const bounds of [{ maxEvents: 0 }, { maxBytes: 1.5 }]) {
        await expect((async () => open(bounds))()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      }
    });
  });
}
