import { connect } from '@arqonbus/sdk';
import { createContinuum, fileOutbox, newEpisodeId, type Continuum, type EpisodeInit } from '@arqonbus/sdk/continuum';
import { createInterface } from 'node:readline';
import type { HotPathAnswer, HotPathRequest } from './hot-path.js';
import { percentile } from './bystander-report.js';

/**
 * Stands in for the hot path of Reflex, whose store is no part of this repository: a map in memory, written first, and an outbox that takes
 * what happened. Speaks the lines of docs/spec/continuum_integration_contract.md on its standard streams.
 */

interface Episode {
  readonly contentRef: string;
  readonly writtenAtMs: number;
}

class HotPathStandIn {
  private readonly store = new Map<string, Episode>();

  constructor(private readonly continuum: Continuum) {}

  async answer(request: HotPathRequest): Promise<HotPathAnswer> {
    switch (request.op) {
      case 'write': return this.write(request.count);
      case 'offer': return this.offer(request.episode);
      case 'flush': return this.flush(request.timeoutMs);
    }
  }

  private async write(count: number): Promise<HotPathAnswer> {
    const tookUs: number[] = [];
    for (let written = 0; written < count; written++) {
      const startedMs = performance.now();
      const episodeId = newEpisodeId();
      const contentRef = `reflex://store/${episodeId}`;
      this.store.set(episodeId, { contentRef, writtenAtMs: startedMs });
      await this.continuum.publishEpisode({ type: 'created', episodeId, contentRef });
      tookUs.push((performance.now() - startedMs) * 1_000);
    }
    return { stored: this.store.size, p50Us: percentile(tookUs, 0.5), p99Us: percentile(tookUs, 0.99), maxUs: Math.max(...tookUs) };
  }

  private async offer(episode: object): Promise<HotPathAnswer> {
    try {
      // Other than the type says, on purpose: what is wrong must be refused.
      await this.continuum.publishEpisode({ episodeId: newEpisodeId(), ...episode } as EpisodeInit);
      return { accepted: true };
    } catch (error) {
      return { accepted: false, code: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
    }
  }

  private async flush(timeoutMs: number): Promise<HotPathAnswer> {
    try {
      await this.continuum.flush({ timeoutMs });
      return { flushed: true };
    } catch {
      return { flushed: false };
    }
  }
}

async function main(): Promise<void> {
  const { ARQON_URL = '', ARQON_TOKEN = '', ARQON_TENANT = '', ARQON_AGENT = '', ARQON_OUTBOX = '' } = process.env;
  const connectBus = (): ReturnType<typeof connect> => connect({ url: ARQON_URL, token: ARQON_TOKEN, reconnect: { minDelayMs: 20, maxDelayMs: 300 }, connectTimeoutMs: 5_000 });
  const outbox = await fileOutbox(ARQON_OUTBOX, { maxEvents: 100_000 });
  const standIn = new HotPathStandIn(createContinuum(connectBus, { tenantId: ARQON_TENANT, agentId: ARQON_AGENT, outbox }));
  process.stdout.write('{"ready":true}\n');
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await standIn.answer(JSON.parse(line) as HotPathRequest))}\n`);
  }
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`hot path: ${String(error)}\n`);
  process.exit(1);
});
