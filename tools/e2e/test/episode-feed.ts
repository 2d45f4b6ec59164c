import type { Bus } from '@arqonbus/sdk';
import { EpisodeEventSchema, EpisodeEventType } from '@arqonbus/proto';
import { waitFor } from '@arqonbus/testkit';
import { expect } from 'vitest';
import { episodeRoom, SeededRandom, timedBytes, ulidText, uuidText, uuidV7Bytes, type ProjectionSystem, type ServerProcess } from '../src/index.js';

const beganUs = 1_767_225_600_000_000;
const projectedTimeoutMs = 30_000;

/** How one change is made where it is not an ordinary one. */
export interface ChangeOptions {
  readonly type?: EpisodeEventType;
  readonly tenantId?: string;
  /** Default one microsecond behind the change before. */
  readonly atUs?: number;
}

/** Episodes of one agent, changed in order; knows what their rows must say. */
export class EpisodeFeed {
  private readonly random: SeededRandom;
  private readonly episodes: string[];
  /** Content reference by episode, as the last change that was made left it; undefined for a deleted one. */
  readonly expected = new Map<string, string | undefined>();
  private clockUs = beganUs;
  publishedCount = 0;

  constructor(readonly tenant: string, readonly agent: string, private readonly bus: Bus, { episodes = 20 } = {}) {
    // Ids of events are unique in their tenant.
    this.random = new SeededRandom([...`${tenant} ${agent}`].reduce((seed, letter) => Math.imul(seed, 31) + letter.charCodeAt(0), 7));
    this.episodes = Array.from({ length: episodes }, () => ulidText(timedBytes(this.random, beganUs / 1_000)));
  }

  episode(index: number): string {
    return this.episodes[index % this.episodes.length];
  }

  /** Publishes `count` changes, the episodes in turn; resolves once all are acknowledged. */
  async change(count: number): Promise<void> {
    const publishing: Promise<unknown>[] = [];
    for (let index = 0; index < count; index += 1) publishing.push(this.changeOne(this.episode(this.publishedCount)));
    await Promise.all(publishing);
  }

  /** Publishes one change, and expects the row to show it unless it is made otherwise. */
  async changeOne(episode: string, options: ChangeOptions = {}): Promise<void> {
    this.publishedCount += 1;
    this.clockUs += 1;
    const { type = EpisodeEventType.UPDATED, tenantId = this.tenant, atUs = this.clockUs } = options;
    const contentRef = `s3://${this.tenant}/${this.agent}/${String(this.publishedCount)}`;
    const isDeletion = type === EpisodeEventType.DELETED;
    if (tenantId === this.tenant && atUs === this.clockUs) this.expected.set(episode, isDeletion ? undefined : contentRef);
    await this.bus.publish(episodeRoom, {
      schema: EpisodeEventSchema,
      data: {
        eventId: uuidText(uuidV7Bytes(this.random, Math.floor(atUs / 1_000))), eventType: type, tenantId, agentId: this.agent, episodeId: episode, schemaVersion: 1,
        sourceTs: { seconds: BigInt(Math.floor(atUs / 1_000_000)), nanos: (atUs % 1_000_000) * 1_000 },
        ...(isDeletion ? {} : { payload: { contentRef, tags: [this.agent] } }),
      },
    });
  }

  /** Resolves once the rows of the agent say what was published last, and no others are there. */
  async projected(system: ProjectionSystem, timeoutMs = projectedTimeoutMs): Promise<void> {
    let rows: Record<string, string> = {};
    const wanted = Object.fromEntries([...this.expected].filter(([, contentRef]) => contentRef !== undefined));
    await waitFor(async () => {
      rows = await this.rows(system);
      return isSame(rows, wanted);
    }, { timeoutMs, intervalMs: 100, what: `the episodes of ${this.tenant} ${this.agent}` }).catch((error: unknown) => {
      expect(rows, String(error)).toEqual(wanted);
    });
  }

  /** Content reference by episode, as readers see them. */
  async rows(system: ProjectionSystem): Promise<Record<string, string>> {
    const rows = await system.sql<{ episode_id: string; content_ref: string }>('SELECT episode_id, content_ref FROM arqon.episodes WHERE tenant_id = $1 AND agent_id = $2', [this.tenant, this.agent]);
    return Object.fromEntries(rows.map((row) => [row.episode_id, row.content_ref]));
  }
}

/** A feed of an agent that connects for it. */
export async function feedOf(system: ProjectionSystem, tenant: string, agent: string, options: { readonly episodes?: number } = {}): Promise<EpisodeFeed> {
  return new EpisodeFeed(tenant, agent, await system.agent(tenant, agent), options);
}

/** How many events ended so in a projector since it started. */
export async function countOf(projector: ServerProcess, outcome: string): Promise<number> {
  const { text } = await projector.admin('/metrics');
  const found = text.split('\n').find((line) => line.startsWith('arqon_projector_events_total{') && line.includes(`outcome="${outcome}"`));
  if (found === undefined) throw new Error(`no metric counts ${outcome} events`);
  return Number(found.slice(found.lastIndexOf(' ') + 1));
}

function isSame(found: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string | undefined>>): boolean {
  const keys = Object.keys(wanted);
  return Object.keys(found).length === keys.length && keys.every((key) => found[key] === wanted[key]);
}
