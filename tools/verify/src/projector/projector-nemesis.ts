import type { ProjectionSystem, SeededRandom, ServerProcess } from '@arqonbus/e2e';
import { waitFor } from '@arqonbus/testkit';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** What a kill strikes. */
export type Victim = 'projector' | 'postgres';

export interface DoneKill {
  readonly victim: Victim;
  readonly text: string;
}

export interface ProjectorNemesisParts {
  readonly system: ProjectionSystem;
  readonly random: SeededRandom;
  readonly tell: (line: string) => void;
  /** Ends waiting. */
  readonly signal: AbortSignal;
}

const restartTimeoutMs = 120_000;
/** Within this time of a chunk's first publish a kill falls: before, while or right after the chunk is projected. */
const maxDelayMs = 1_500;
/** The same for one that has just started: it may not have taken up its work yet. */
const maxStartingDelayMs = 300;

/** Kills -9 projectors and PostgreSQL, at instants drawn from the seed, and starts each again. */
export class ProjectorNemesis {
  readonly kills: DoneKill[] = [];
  private readonly starting = new Map<number, Promise<PromiseSettledResult<void>[]>>();
  private killedLast = 0;

  constructor(private readonly parts: ProjectorNemesisParts) {}

  /** Strikes once, some time after it is called. A projector starts again while other things go on; PostgreSQL runs again when this resolves. */
  async strike(victim: Victim): Promise<void> {
    if (victim === 'postgres') await this.killPostgres();
    else await this.killProjector();
  }

  /** Resolves once every projector that was killed runs again. */
  async restarted(): Promise<void> {
    for (const index of this.starting.keys()) await this.started(index);
  }

  /** Any projector, and one time in four the one that started last. */
  private async killProjector(): Promise<void> {
    const { system: { projectors }, random } = this.parts;
    const isStarting = random.below(4) === 0;
    const index = isStarting ? this.killedLast : random.below(projectors.length);
    await this.started(index);
    await this.pause(isStarting ? maxStartingDelayMs : maxDelayMs);
    this.note('projector', `kill -9 projector-${String(index + 1)}`);
    await projectors[index].stop('SIGKILL');
    this.starting.set(index, Promise.allSettled([this.restart(projectors[index])]));
    this.killedLast = index;
  }

  private async started(index: number): Promise<void> {
    const [outcome] = (await this.starting.get(index)) ?? [];
    if (outcome?.status === 'rejected') throw outcome.reason;
  }

  private restart(projector: ServerProcess): Promise<void> {
    return this.again(() => projector.restart(), 'a projector to start again');
  }

  private async again(start: () => Promise<void>, what: string): Promise<void> {
    await waitFor(async () => {
      await start();
      return true;
    }, { timeoutMs: restartTimeoutMs, intervalMs: 200, what });
  }

  /** In turn the postmaster with its children, and one child, which makes PostgreSQL recover by itself. */
  private async killPostgres(): Promise<void> {
    const { system: { postgres }, random } = this.parts;
    await this.pause(maxDelayMs);
    const done = this.kills.filter(({ victim }) => victim === 'postgres').length;
    const children = done % 2 === 1 ? childrenOf(postgres.pid) : [];
    if (children.length > 0) {
      this.note('postgres', 'kill -9 a child of PostgreSQL');
      // The last ones are its connections.
      process.kill(children[children.length - 1 - random.below(Math.min(4, children.length))], 'SIGKILL');
    } else {
      this.note('postgres', 'kill -9 PostgreSQL');
      await postgres.kill();
      await this.pause(800);
      // Its port may be taken for a moment, by a connection that goes out.
      await this.again(() => postgres.restart(), 'PostgreSQL to start again');
    }
    await waitFor(async () => (await this.parts.system.sql('SELECT 1')).length === 1, { timeoutMs: restartTimeoutMs, intervalMs: 50, what: 'PostgreSQL to take connections' });
  }

  private async pause(maxMs: number): Promise<void> {
    await wait(this.parts.random.below(maxMs), undefined, { signal: this.parts.signal });
  }

  private note(victim: Victim, text: string): void {
    this.kills.push({ victim, text });
    this.parts.tell(text);
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').split(' ').filter((word) => word !== '').map(Number);
}

/** `projectorKills` and one kill of PostgreSQL in ten, at least one, in an order drawn from the seed. */
export function planKills(projectorKills: number, random: SeededRandom): readonly Victim[] {
  const kills = new Array<Victim>(projectorKills).fill('projector');
  for (let left = postgresKillsFor(projectorKills); left > 0; left -= 1) kills.splice(random.below(kills.length + 1), 0, 'postgres');
  return kills;
}

export function postgresKillsFor(projectorKills: number): number {
  return projectorKills === 0 ? 0 : Math.max(1, Math.floor(projectorKills / 10));
}
