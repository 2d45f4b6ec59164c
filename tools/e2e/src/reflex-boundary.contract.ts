import { createTempFolder, waitFor, type TempFolder } from '@arqonbus/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from './cluster.js';
import { FrameTap } from './frame-tap.js';
import { HotPath, type HotPathWrites } from './hot-path.js';
import { episodeRoom } from './projection-system.js';

const writesCount = 2_000;
/** The same whether the bus answers, is silent or is gone. A request to a silent bus takes until a timeout, tens of seconds. */
const maxP50Us = 50_000;
const maxP99Us = 500_000;
const maxWriteUs = 8_000_000;

const agent = { tenant: 'acme', sub: 'reflex-1', publish: [episodeRoom], subscribe: [], capabilities: ['continuum.produce'] } as const;

function expectLocal(writes: HotPathWrites, what: string): void {
  console.log(`${what}: ${String(writesCount)} local writes, p50 ${writes.p50Us.toFixed(0)} us, p99 ${writes.p99Us.toFixed(0)} us, max ${writes.maxUs.toFixed(0)} us`);
  expect(writes.p50Us).toBeLessThan(maxP50Us);
  expect(writes.p99Us).toBeLessThan(maxP99Us);
  expect(writes.maxUs).toBeLessThan(maxWriteUs);
}

/**
 * What the bus may ask of a hot path such as that of Reflex, and what it takes from one (docs/spec/continuum_integration_contract.md), over the real
 * Spine and Shield. `command` starts a program that speaks the lines of that document; it may be written in any language.
 */
export function describeReflexBoundary(name: string, command: readonly string[]): void {
  describe(`${name} at the boundary of Reflex`, { timeout: 120_000 }, () => {
    let cluster: Cluster;
    let folder: TempFolder;
    let tap: FrameTap;
    let hotPath: HotPath | undefined;
    let started = 0;

    beforeAll(async () => {
      folder = createTempFolder('arqon-boundary-');
      cluster = await Cluster.start();
      tap = await FrameTap.start(cluster.url(), cluster.ca);
    }, 120_000);

    afterEach(() => hotPath?.kill());

    afterAll(async () => {
      await tap.stop();
      await cluster.stop();
      folder.remove();
    });

    async function start(outbox?: string): Promise<HotPath> {
      started += 1;
      tap.envelopes.splice(0);
      hotPath = await HotPath.start(command, {
        ARQON_URL: tap.url, ARQON_TOKEN: await cluster.token(agent), ARQON_TENANT: agent.tenant, ARQON_AGENT: agent.sub,
        ARQON_OUTBOX: outbox ?? folder.file(`outbox-${String(started)}`),
      });
      return hotPath;
    }

    /** Ids of the episodes that the bus was sent; fails when it was asked or sent anything else. */
    function sentEpisodes(): Set<string> {
      const others = tap.envelopes.filter(({ what, room, eventType }) => what !== 'event' || room !== episodeRoom || eventType !== 'continuum.episode.v1.EpisodeEvent');
      expect(others).toEqual([]);
      return new Set(tap.envelopes.map(({ id }) => id));
    }

    async function headOfTopic(): Promise<bigint> {
      const reader = await cluster.bus({ tenant: agent.tenant, sub: 'reader', subscribe: [episodeRoom], roles: ['service'] });
      try {
        const { sequence } = await reader.channelInfo(episodeRoom);
        return sequence;
      } finally {
        await reader.close();
      }
    }

    it('writes locally while the bus runs, and asks it nothing (I10)', async () => {
      const subject = await start();
      expectLocal(await subject.write(writesCount), 'bus running');
      expect(await subject.flush()).toBe(true);
      expect(sentEpisodes().size).toBe(writesCount);
      expect(await headOfTopic()).toBe(BigInt(writesCount));
    });

    it('writes as fast while the bus is stopped and answers nothing, and delivers everything later (I10)', async () => {
      const subject = await start();
      await subject.write(1);
      expect(await subject.flush()).toBe(true);
      const before = await headOfTopic();
      for (const server of [cluster.shield, cluster.spine]) server.signal('SIGSTOP');
      try {
        expectLocal(await subject.write(writesCount), 'bus stopped');
        expect(await subject.flush(100)).toBe(false);
      } finally {
        for (const server of [cluster.spine, cluster.shield]) server.signal('SIGCONT');
      }
      expect(await subject.flush()).toBe(true);
      expect(sentEpisodes().size).toBe(writesCount + 1);
      // Acknowledgements that came too late for the connection may make the bus take an event twice; the projector does not.
      expect(await headOfTopic()).toBeGreaterThanOrEqual(before + BigInt(writesCount));
    });

    it('begins and writes as fast while the bus is gone, and loses nothing by its own kill -9 (I10)', async () => {
      await cluster.shield.stop('SIGKILL');
      await cluster.spine.stop('SIGKILL');
      const outbox = folder.file('outbox-kept');
      let subject = await start(outbox);
      expectLocal(await subject.write(writesCount), 'bus gone');
      expect(await subject.flush(100)).toBe(false);
      expect(tap.envelopes).toEqual([]);
      await subject.kill();
      await Promise.all([cluster.spine.restart(), cluster.shield.restart()]);
      await cluster.shield.ready();
      subject = await start(outbox);
      expect(await subject.flush()).toBe(true);
      expect(sentEpisodes().size).toBe(writesCount);
      await waitFor(async () => await headOfTopic() >= BigInt(writesCount), { timeoutMs: 30_000, what: 'all episodes' });
    });

    it('has its references taken and bodies refused, before anything leaves (I10)', async () => {
      const subject = await start();
      expect(await subject.offer({ type: 'created', contentRef: 'reflex://store/1', embeddingRef: 'reflex://vectors/1', tags: ['a'], metadata: { turns: 3 } })).toEqual({ accepted: true });
      expect(await subject.offer({ type: 'summarized', summary: 'They agreed.' })).toEqual({ accepted: true });
      expect(await subject.flush()).toBe(true);
      const sent = sentEpisodes().size;
      const body = 'once upon a time '.repeat(5_000);
      for (const [episode, code] of [
        [{ type: 'created', contentRef: `data:text/plain,${'x'.repeat(100)}` }, 'EPISODE_NOT_A_REFERENCE'],
        [{ type: 'created', contentRef: 'once upon a time' }, 'EPISODE_NOT_A_REFERENCE'],
        [{ type: 'created', contentRef: 'reflex://store/1', summary: body }, 'EPISODE_TOO_LARGE'],
        [{ type: 'updated', contentRef: 'reflex://store/1', metadata: { body } }, 'EPISODE_TOO_LARGE'],
      ] as const) {
        expect(await subject.offer(episode)).toEqual({ accepted: false, code });
      }
      expect(await subject.flush()).toBe(true);
      expect(sentEpisodes().size).toBe(sent);
    });
  });
}
