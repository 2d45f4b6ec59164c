import { episodeRoom, type ProjectionSystem } from '@arqonbus/e2e';
import type { Bus } from '@arqonbus/sdk';
import type { PlannedEvent } from './episode-fact.js';
import type { PublishedEvent } from './recorded-projection.js';
import { producersOfTenant } from './plan-workload.js';

const maxInFlight = 500;

/** Publishes planned events as the agents of each tenant, over the connection of the producer that each names. */
export class EpisodePublisher {
  readonly published: PublishedEvent[] = [];

  private constructor(private readonly producers: ReadonlyMap<string, { readonly sub: string; readonly bus: Bus }>) {}

  /** Connects every producer of every tenant through the Shield. */
  static async connect(system: ProjectionSystem, tenants: readonly string[]): Promise<EpisodePublisher> {
    const names = tenants.flatMap((tenant) => Array.from({ length: producersOfTenant }, (_, producer) => ({ tenant, producer, sub: `producer-${String(producer + 1)}` })));
    const entries = await Promise.all(names.map(async ({ tenant, producer, sub }) => (
      [`${tenant} ${String(producer)}`, { sub, bus: await system.agent(tenant, sub, { commandTimeoutMs: 60_000 }) }] as const)));
    return new EpisodePublisher(new Map(entries));
  }

  /** Publishes some events, a bounded number at a time; resolves once each is acknowledged. Rejects when one is refused. */
  async publish(events: readonly PlannedEvent[]): Promise<void> {
    for (let from = 0; from < events.length; from += maxInFlight) {
      this.published.push(...(await Promise.all(events.slice(from, from + maxInFlight).map((planned) => this.publishOne(planned)))));
    }
  }

  private async publishOne(planned: PlannedEvent): Promise<PublishedEvent> {
    const producer = this.producers.get(`${planned.tenant} ${String(planned.producer)}`);
    if (producer === undefined) throw new Error(`nobody publishes as ${planned.tenant} ${String(planned.producer)}`);
    const { epoch, sequence } = await producer.bus.publish(episodeRoom, { type: planned.type, payload: planned.payload });
    return { planned, sender: producer.sub, epoch, sequence };
  }
}
