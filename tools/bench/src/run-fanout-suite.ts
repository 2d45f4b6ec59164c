import { readFileSync } from 'node:fs';
import type { BenchArguments } from './arguments.js';
import { summariseCase, type BenchResult, type RoundPair } from './bench-result.js';
import { chunkMessageCount, fanoutCaseIds, fanoutCases, type FanoutCase } from './fanout-cases.js';
import { readPeakRssBytes, resetPeakRss } from './generator/process-usage.js';
import type { LoadResult } from './generator/run-load.js';
import { startGenerator, type Generator } from './generator/start-generator.js';
import { choosePlacement, type Placement } from './placement.js';
import type { BenchServer } from './servers/bench-server.js';
import { startPeer } from './servers/start-peer.js';
import { startSpine } from './servers/start-spine.js';

export interface SuiteOptions extends Pick<BenchArguments, 'isQuick' | 'caseIds' | 'side' | 'peerVersion'> {
  readonly onProgress: (line: string) => void;
}

export interface SuiteReport {
  readonly results: readonly BenchResult[];
  /** Statements about how it was measured, for the written report. */
  readonly method: readonly string[];
}

interface Pace {
  readonly roundCount: number;
  readonly warmupMs: number;
  readonly measureMs: number;
  /** When the last case should be done, milliseconds since the start of the process. */
  readonly deadlineMs: number;
}

/** The quick deadline leaves room below the promised 90 s for one late case and for stopping the servers. */
const quickPace: Pace = { roundCount: 3, warmupMs: 200, measureMs: 700, deadlineMs: 70_000 };
const fullPace: Pace = { roundCount: 5, warmupMs: 500, measureMs: 2_000, deadlineMs: Number.POSITIVE_INFINITY };
const spareFileCount = 100;

/** A server with the generator that loads it; a generator process meets one protocol only, so its code stays specialised. */
interface Side {
  readonly server: BenchServer;
  readonly generator: Generator;
}

/** Measures the cases, ours and the peer in turns. Raises when a server fails or a message is lost. */
export async function runFanoutSuite(options: SuiteOptions): Promise<SuiteReport> {
  const pace = options.isQuick ? quickPace : fullPace;
  const placement = choosePlacement();
  const sides: Side[] = [];
  try {
    const ours = options.side === 'peer' ? undefined : addSide(sides, await startSpine({ core: placement.serverCore }), placement);
    const peerServer = options.side === 'ours' ? { missing: 'not asked for' } : await startPeer({ version: options.peerVersion, core: placement.serverCore });
    const peer = 'missing' in peerServer ? undefined : addSide(sides, peerServer, placement);
    const notes = [peerNote(peerServer), ...(ours === undefined ? ['ours: not asked for'] : [])];
    await warmUp(sides, options.onProgress);
    const chosen = fanoutCases.filter((benchCase) => options.caseIds.includes(benchCase.id));
    const results: BenchResult[] = [];
    for (const [index, benchCase] of chosen.entries()) {
      const caseDeadlineMs = performance.now() + (pace.deadlineMs - performance.now()) / (chosen.length - index);
      results.push(await runCase({ benchCase: fitToFileLimit(benchCase, notes), ours, peer, pace, caseDeadlineMs, notes, onProgress: options.onProgress }));
    }
    results.sort((left, right) => idOrder(left) - idOrder(right));
    return { results, method: describeMethod(pace, placement, sides) };
  } finally {
    await Promise.all(sides.flatMap(({ server, generator }) => [server.stop(), generator.stop()]));
  }
}

function addSide(sides: Side[], server: BenchServer, placement: Placement): Side {
  const side = { server, generator: startGenerator({ core: placement.generatorCore }) };
  sides.push(side);
  return side;
}

function peerNote(peer: BenchServer | { readonly missing: string }): string {
  return 'missing' in peer ? `no peer: ${peer.missing}` : `peer: ${peer.name} over WebSocket`;
}

function idOrder(result: BenchResult): number {
  return fanoutCaseIds.findIndex((id) => id === result.id);
}

/** One uncounted run each, so that no server is measured while its code is still being compiled. */
async function warmUp(sides: readonly Side[], onProgress: (line: string) => void): Promise<void> {
  const warmUpCase = { subscriberCount: 10, runLength: 64, windowMessageCount: 8_192 };
  for (const side of sides) {
    onProgress(`warming up ${side.server.name}`);
    await load(side, warmUpCase, { warmupMs: 0, measureMs: 1_000 });
  }
}

interface CaseRun {
  readonly benchCase: FanoutCase;
  readonly ours: Side | undefined;
  readonly peer: Side | undefined;
  readonly pace: Pace;
  readonly caseDeadlineMs: number;
  readonly notes: readonly string[];
  readonly onProgress: (line: string) => void;
}

async function runCase(run: CaseRun): Promise<BenchResult> {
  const { benchCase, ours, peer, pace } = run;
  const notes = [...run.notes];
  const sides = [ours, peer].filter((side) => side !== undefined);
  if (!sides.every((side) => resetPeakRss(side.server.pid))) notes.push('peak memory is that since the start of the server');
  const rounds: RoundPair[] = [];
  let longestRoundMs = 0;
  while (rounds.length < pace.roundCount && (rounds.length === 0 || performance.now() + longestRoundMs < run.caseDeadlineMs)) {
    const startedMs = performance.now();
    const round = { ours: ours === undefined ? null : await load(ours, benchCase, pace), peer: peer === undefined ? null : await load(peer, benchCase, pace) };
    rounds.push(round);
    longestRoundMs = Math.max(longestRoundMs, performance.now() - startedMs);
    run.onProgress(`${benchCase.id} round ${rounds.length}: ours ${rateText(round.ours)}, peer ${rateText(round.peer)}`);
  }
  if (rounds.length < pace.roundCount) notes.push(`${rounds.length} of ${pace.roundCount} rounds: the time was up`);
  return summariseCase({ benchCase, rounds, notes, oursPeakRssBytes: peakRss(ours), peerPeakRssBytes: peakRss(peer) });
}

function peakRss(side: Side | undefined): number | null {
  return side === undefined ? null : (readPeakRssBytes(side.server.pid) ?? null);
}

function load(side: Side, benchCase: Pick<FanoutCase, 'subscriberCount' | 'runLength' | 'windowMessageCount'>, times: Pick<Pace, 'warmupMs' | 'measureMs'>): Promise<LoadResult> {
  const { server, generator } = side;
  return generator.run({
    protocol: server.protocol,
    port: server.port,
    token: server.token,
    serverPid: server.pid,
    subscriberCount: benchCase.subscriberCount,
    runLength: benchCase.runLength,
    chunkMessageCount,
    windowMessageCount: benchCase.windowMessageCount,
    warmupMs: times.warmupMs,
    measureMs: times.measureMs,
  });
}

/** Fewer subscribers where a process may not open that many sockets; the note says so. */
function fitToFileLimit(benchCase: FanoutCase, notes: string[]): FanoutCase {
  const subscriberCount = Math.min(benchCase.subscriberCount, readFileLimit() - spareFileCount);
  if (subscriberCount < benchCase.subscriberCount) notes.push(`${subscriberCount} subscribers only: the limit of open files is too low for ${benchCase.subscriberCount}`);
  return { ...benchCase, subscriberCount };
}

/** The hard limit: Node and nats-server raise the soft one to it by themselves. */
function readFileLimit(): number {
  try {
    const match = /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return match === null ? Number.POSITIVE_INFINITY : Number(match[1]);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function rateText(result: LoadResult | null): string {
  return result === null ? '-' : `${(result.deliveriesPerSecond / 1e6).toFixed(2)} M/s (generator ${Math.round(result.generatorCpuShare * 100)} % of a core)`;
}

function describeMethod(pace: Pace, placement: Placement, sides: readonly Side[]): string[] {
  return [
    `${sides.map((side) => side.server.name).join(' beside ')}, ${pace.roundCount} alternating rounds of ${pace.measureMs} ms after ${pace.warmupMs} ms of warm-up, medians`,
    `${placement.description}; the generator writes pre-built frames and counts deliveries by length`,
    'every message carries its index: a lost, doubled or reordered message fails the run; the clock stops at the last delivery',
    'a credit window bounds what is on its way, the same for both, so that no server has to drop',
  ];
}
