import { ProjectionSystem, SeededRandom, type Settings } from '@arqonbus/e2e';
import { waitFor } from '@arqonbus/testkit';
import { setTimeout as wait } from 'node:timers/promises';
import { checkProjection, type ProjectionVerdict } from './check-projection.js';
import type { PlannedEvent } from './episode-fact.js';
import { EpisodeModel } from './episode-model.js';
import { EpisodePublisher } from './episode-publisher.js';
import { planWorkload, tenants } from './plan-workload.js';
import { planKills, ProjectorNemesis, type DoneKill } from './projector-nemesis.js';
import type { ProjectorVerifyOptions } from './projector-options.js';
import { prepareReading, readProgress, readProjection } from './projection-reader.js';
import type { RecordedProjection } from './recorded-projection.js';

const projectorsCount = 2;
const readyTimeoutMs = 60_000;
const catchUpTimeoutMs = 120_000;
const endTimeoutMs = 30_000;
const logCharacters = 12_000;
const burstsOfChunk = 16;
const maxPauseMs = 200;

/** History that no run outgrows, and producers that nothing slows down. */
const spineTuning: Settings = {
  'history.max_events_count': '10000000', 'history.max_bytes': '1073741824', 'history.max_age_ms': '604800000', 'limits.events_per_second': 'off', 'limits.bytes_per_second': 'off',
};
/** Retries soon, so that a database that was killed is used again as soon as it is there. */
const projectorTuning: Settings = { 'projection.retry_max_ms': '1000' };

export interface ProjectorVerifyParts {
  /** Gets each line of progress. */
  readonly tell: (line: string) => void;
  /** Ends the run early. */
  readonly signal: AbortSignal;
  /** Called with the servers when all is projected, before the tables are read; tests spoil them there. */
  readonly beforeReading?: (system: ProjectionSystem) => Promise<void>;
}

export interface ProjectorVerifyResult {
  readonly verdict: ProjectionVerdict;
  readonly kills: readonly DoneKill[];
  readonly publishedCount: number;
  readonly seconds: number;
}

/** One run: publishes while projectors and PostgreSQL are killed, waits until all is projected, and judges. Rejects when servers do not start or the signal ends it. */
export async function runProjectorVerify(options: ProjectorVerifyOptions, parts: ProjectorVerifyParts): Promise<ProjectorVerifyResult> {
  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1_000;
  const tell = (line: string): void => { parts.tell(`${seconds().toFixed(1).padStart(6)} s  ${line}`); };
  tell(`seed ${String(options.seed)}, ${String(options.eventsCount)} events, ${String(options.killsCount)} kills`);
  const system = await ProjectionSystem.start({ tenants, spine: spineTuning, projector: projectorTuning });
  try {
    parts.signal.throwIfAborted();
    const run = new ProjectorRun(options, { ...parts, system, tell });
    const recorded = await run.execute();
    tell('all is read; checking');
    return { verdict: checkProjection(recorded), kills: run.kills, publishedCount: recorded.published.length, seconds: seconds() };
  } catch (error) {
    if (!parts.signal.aborted) tell(`log of the projectors:\n${logsOf(system).slice(-logCharacters)}`);
    throw error;
  } finally {
    await system.stop();
  }
}

class ProjectorRun {
  private readonly random: SeededRandom;
  private readonly nemesis: ProjectorNemesis;
  private readonly failures: string[] = [];

  constructor(private readonly options: ProjectorVerifyOptions, private readonly parts: ProjectorVerifyParts & { readonly system: ProjectionSystem }) {
    this.random = new SeededRandom(options.seed);
    this.nemesis = new ProjectorNemesis({ ...parts, random: new SeededRandom(this.random.below(2 ** 32)) });
  }

  get kills(): readonly DoneKill[] {
    return this.nemesis.kills;
  }

  async execute(): Promise<RecordedProjection> {
    const { system, tell } = this.parts;
    const events = planWorkload(this.options.eventsCount, new SeededRandom(this.random.below(2 ** 32)));
    tell(`servers run as processes ${await this.startProjectors()}`);
    await prepareReading(system, tenants);
    const publisher = await EpisodePublisher.connect(system, tenants);
    await this.publishAndKill(events, publisher);
    tell('all is published and every kill is done; waiting until it is projected');
    await this.caughtUp(events, publisher);
    const metrics = (await Promise.all(system.projectors.map(async (projector) => (await projector.admin('/metrics')).text))).join('\n');
    await this.endProjectors();
    await this.parts.beforeReading?.(system);
    return { published: publisher.published, ...(await readProjection(system, tenants)), failures: this.failures, logs: logsOf(system), metrics };
  }

  /** Starts the projectors, one after the other: the first one makes the schema. */
  private async startProjectors(): Promise<string> {
    const { system } = this.parts;
    for (let count = 0; count < projectorsCount; count += 1) {
      const projector = await system.addProjector();
      await waitFor(async () => (await projector.admin('/ready')).status === 200, { timeoutMs: readyTimeoutMs, intervalMs: 50, what: 'a projector to be ready' });
    }
    return [...system.cluster.spines, ...system.cluster.shields, ...system.projectors, system.postgres].map(({ pid }) => String(pid)).join(', ');
  }

  /** A chunk of the events for each kill, which falls while the chunk is published or projected; the last one goes by in peace. */
  private async publishAndKill(events: readonly PlannedEvent[], publisher: EpisodePublisher): Promise<void> {
    const { signal, tell } = this.parts;
    const kills = planKills(this.options.killsCount, this.random);
    const chunkEvents = Math.max(1, Math.ceil(events.length / (kills.length + 1)));
    for (let index = 0; index <= kills.length; index += 1) {
      signal.throwIfAborted();
      const chunk = events.slice(index * chunkEvents, (index + 1) * chunkEvents);
      const victim = kills.at(index);
      await Promise.all([this.publishPaced(chunk, publisher), victim === undefined ? undefined : this.nemesis.strike(victim)]);
      if (index % 10 === 9) tell(`${String(publisher.published.length)} events published, ${String(this.kills.length)} kills`);
    }
    await this.nemesis.restarted();
  }

  /** In bursts, so that there is something to do all the while until a part is killed and for as long as it starts again. */
  private async publishPaced(chunk: readonly PlannedEvent[], publisher: EpisodePublisher): Promise<void> {
    const random = new SeededRandom(this.random.below(2 ** 32));
    const burstEvents = Math.max(1, Math.ceil(chunk.length / burstsOfChunk));
    for (let from = 0; from < chunk.length; from += burstEvents) {
      await publisher.publish(chunk.slice(from, from + burstEvents));
      await wait(random.below(maxPauseMs), undefined, { signal: this.parts.signal });
    }
  }

  /** Waits until every mark and dead letter is there and every partition is at the head of its topic. What does not come is found by the check. */
  private async caughtUp(events: readonly PlannedEvent[], publisher: EpisodePublisher): Promise<void> {
    const { system, signal } = this.parts;
    const model = new EpisodeModel();
    for (const { fact } of events) if (fact !== undefined) model.apply(fact);
    for (const tenant of tenants) {
      const ofTenant = publisher.published.filter(({ planned }) => planned.tenant === tenant);
      const head = ofTenant.reduce((most, { sequence }) => (sequence > most ? sequence : most), 0n);
      const poisonCount = ofTenant.filter(({ planned }) => planned.kind === 'poison').length;
      const marksCount = model.factsOf(tenant).size;
      let last = '';
      await waitFor(async () => {
        signal.throwIfAborted();
        const progress = await readProgress(system, tenant);
        last = `${String(progress.marks)} of ${String(marksCount)} marks, ${String(progress.deadLetters)} of ${String(poisonCount)} dead letters, `
          + `${String(progress.unannounced)} unannounced, projected to ${String(progress.projectedTo)} of ${String(head)}`;
        const { marks, deadLetters, unannounced, projectedTo } = progress;
        return marks >= marksCount && deadLetters >= poisonCount && unannounced === 0 && (head === 0n || (projectedTo ?? -1n) >= head);
      }, { timeoutMs: catchUpTimeoutMs, intervalMs: 200, what: 'the projection to catch up' }).catch(() => {
        signal.throwIfAborted();
        this.failures.push(`${tenant} is not caught up after ${String(catchUpTimeoutMs / 1_000)} s: ${last}`);
      });
    }
  }

  private async endProjectors(): Promise<void> {
    for (const [index, projector] of this.parts.system.projectors.entries()) {
      const exit = await projector.stop('SIGTERM', endTimeoutMs).catch((error: unknown) => ({ code: undefined, signal: String(error) }));
      if (exit.code !== 0) this.failures.push(`projector-${String(index + 1)} ended with ${JSON.stringify(exit)} when it was told to stop`);
    }
  }
}

function logsOf({ projectors }: ProjectionSystem): string {
  return projectors.map(({ log }) => log).join('\n');
}
