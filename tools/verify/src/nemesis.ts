import type { SeededRandom } from '@arqonbus/e2e';
import { setTimeout as wait } from 'node:timers/promises';
import type { FaultProxy } from './fault-proxy.js';
import type { Death } from './recorded-run.js';
import { signalPid, type Part, type TestBed } from './test-bed.js';

/** What the nemesis did, by the name of the fault and what it struck. */
export interface DoneFault {
  readonly atMs: number;
  readonly text: string;
}

interface Fault {
  readonly text: string;
  readonly isKill: boolean;
  strike(): Promise<void>;
}

export interface NemesisParts {
  readonly bed: TestBed;
  readonly random: SeededRandom;
  /** Milliseconds since the run began. */
  readonly nowMs: () => number;
  readonly tell: (line: string) => void;
  /** Ends waiting. */
  readonly signal: AbortSignal;
}

/**
 * Breaks things: one lane kills and stops processes, another one breaks TCP, so faults overlap. Each lane works through decks that hold every
 * fault once, in an order drawn from the seed; the first deck begins with the kills.
 */
export class Nemesis {
  readonly deaths: Death[] = [];
  readonly faults: DoneFault[] = [];
  private isEnding = false;

  constructor(private readonly parts: NemesisParts) {}

  /** Strikes until `durationMs` have passed; then every process runs and every way is open. Rejects when a server does not start again. */
  async run(durationMs: number): Promise<void> {
    const untilMs = this.parts.nowMs() + durationMs;
    const random = this.parts.random;
    const shuffled = (faults: readonly Fault[]): Fault[] => shuffle(faults, random);
    const processes = this.processFaults();
    const network = this.networkFaults();
    const firstDeck = [...shuffled(processes.filter(({ isKill }) => isKill)), ...shuffled(processes.filter(({ isKill }) => !isKill))];
    try {
      await Promise.all([this.lane(untilMs, firstDeck, () => shuffled(processes)), this.lane(untilMs, shuffled(network), () => shuffled(network))]);
    } finally {
      this.isEnding = true;
      this.parts.bed.heal();
    }
  }

  private async lane(untilMs: number, first: readonly Fault[], nextDeck: () => readonly Fault[]): Promise<void> {
    for (let deck = first; ; deck = nextDeck()) {
      for (const fault of deck) {
        await this.pause(300, 1_500);
        if (this.isEnding || this.parts.nowMs() >= untilMs) return;
        this.faults.push({ atMs: Math.round(this.parts.nowMs()), text: fault.text });
        this.parts.tell(fault.text);
        await fault.strike();
      }
    }
  }

  private processFaults(): Fault[] {
    return this.parts.bed.parts.flatMap((part) => [
      { text: `kill -9 ${part.name}`, isKill: true, strike: () => this.kill(part) },
      { text: `stop ${part.name}`, isKill: false, strike: () => this.stop(part) },
      ...(part.kind === 'spine' ? [{ text: `hold answers to clients and kill -9 ${part.name}`, isKill: true, strike: () => this.killUnanswered(part) }] : []),
    ]);
  }

  /** What the Spine took last was delivered to some and its answer never arrives: the publisher sends it to the Spine that comes after. */
  private async killUnanswered(part: Part): Promise<void> {
    await this.striking(this.parts.random.pick(this.parts.bed.proxies.client), async (proxy) => {
      proxy.stall('down');
      await this.pause(20, 300);
      await this.kill(part, () => { proxy.cut(); });
    });
  }

  private async kill(part: Part, afterwards: () => void = () => undefined): Promise<void> {
    await part.kill();
    afterwards();
    this.deaths.push({ part: part.kind, name: part.name, atMs: this.parts.nowMs() });
    try {
      await this.pause(0, 800);
    } finally {
      await part.restart();
    }
  }

  /** SIGSTOP, long enough at times that heartbeats are missed. */
  private async stop(part: Part): Promise<void> {
    const pid = part.pid();
    signalPid(pid, 'SIGSTOP');
    try {
      await this.pause(200, this.parts.random.below(3) === 0 ? 4_000 : 1_200);
    } finally {
      signalPid(pid, 'SIGCONT');
    }
  }

  private networkFaults(): Fault[] {
    const { bed } = this.parts;
    return (['client', 'link', 'store'] as const).flatMap((way) => {
      const proxies = bed.proxies[way];
      if (proxies.length === 0) return [];
      const fault = (what: string, strike: (proxy: FaultProxy) => Promise<void>): Fault => ({
        text: `${what} ${way}`, isKill: false, strike: () => this.striking(this.parts.random.pick(proxies), strike),
      });
      return [
        fault('cut', async (proxy) => { proxy.cut(); await Promise.resolve(); }),
        fault('refuse', async (proxy) => {
          proxy.refuse();
          await this.pause(100, 1_500);
        }),
        fault('delay', async (proxy) => {
          proxy.delayMs = 5 + this.parts.random.below(150);
          await this.pause(500, 2_000);
        }),
        // What went up was taken, and the answer is lost: the outcome that publishers cannot know.
        fault('stall down and cut', async (proxy) => {
          proxy.stall('down');
          await this.pause(50, 600);
          proxy.cut();
        }),
        fault('stall up', async (proxy) => {
          proxy.stall('up');
          await this.pause(100, 1_500);
        }),
        fault('stall both', async (proxy) => {
          proxy.stall('up');
          proxy.stall('down');
          await this.pause(100, 3_000);
        }),
      ];
    });
  }

  private async striking(proxy: FaultProxy, strike: (proxy: FaultProxy) => Promise<void>): Promise<void> {
    try {
      await strike(proxy);
    } finally {
      proxy.heal();
    }
  }

  private async pause(minMs: number, maxMs: number): Promise<void> {
    await wait(minMs + this.parts.random.below(maxMs - minMs + 1), undefined, { signal: this.parts.signal });
  }
}

function shuffle<T>(from: readonly T[], random: SeededRandom): T[] {
  const left = [...from];
  return from.map(() => left.splice(random.below(left.length), 1)[0]);
}
