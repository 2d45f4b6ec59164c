import type { FanoutCase } from './fanout-cases.js';
import { describeCase } from './fanout-cases.js';
import type { LoadResult } from './generator/run-load.js';
import { median, medianOrNull } from './statistics.js';

/** One round: ours, then the peer, under the same load. */
export interface RoundPair {
  readonly ours: LoadResult | null;
  readonly peer: LoadResult | null;
}

/** One row of the result file. Rates are medians over the rounds; `ratio` is `ours / peer`. */
export interface BenchResult {
  readonly id: string;
  readonly ours: number | null;
  readonly peer: number | null;
  readonly ratio: number | null;
  readonly unit: 'msg/s';
  readonly rounds: readonly { readonly ours: number | null; readonly peer: number | null }[];
  readonly note: string;
  readonly work: string;
  readonly goal: number;
  /** Server CPU seconds per million deliveries, median. */
  readonly ours_cpu_s_per_million: number | null;
  readonly peer_cpu_s_per_million: number | null;
  /** `peer_cpu_s_per_million / ours_cpu_s_per_million`: holds steadier than `ratio` where other work takes the cores. */
  readonly cpu_ratio: number | null;
  /** Largest resident memory of the server during the case. */
  readonly ours_peak_rss_bytes: number | null;
  readonly peer_peak_rss_bytes: number | null;
  /** CPU of the load generator and of the server, as part of one core, median. */
  readonly ours_generator_cpu: number | null;
  readonly peer_generator_cpu: number | null;
  readonly ours_server_cpu: number | null;
  readonly peer_server_cpu: number | null;
}

export interface SummariseOptions {
  readonly benchCase: Pick<FanoutCase, 'id' | 'subscriberCount' | 'runLength' | 'goal'>;
  readonly rounds: readonly RoundPair[];
  readonly oursPeakRssBytes: number | null;
  readonly peerPeakRssBytes: number | null;
  readonly notes: readonly string[];
}

/** From here on the generator decides the rate: it is full and the server is not. */
const generatorFullShare = 0.95;
const serverBusyShare = 0.85;

/** Condenses the rounds of one case into its row. */
export function summariseCase(options: SummariseOptions): BenchResult {
  const { benchCase, rounds } = options;
  const ours = summariseSide(rounds.map((round) => round.ours));
  const peer = summariseSide(rounds.map((round) => round.peer));
  const notes = [...options.notes, ...bottleneckNotes('ours', rounds.map((round) => round.ours)), ...bottleneckNotes('peer', rounds.map((round) => round.peer))];
  return {
    id: benchCase.id,
    ours: ours.rate,
    peer: peer.rate,
    ratio: ours.rate === null || peer.rate === null ? null : ours.rate / peer.rate,
    unit: 'msg/s',
    rounds: rounds.map((round) => ({ ours: round.ours?.deliveriesPerSecond ?? null, peer: round.peer?.deliveriesPerSecond ?? null })),
    note: notes.join('; '),
    work: describeCase(benchCase),
    goal: benchCase.goal,
    ours_cpu_s_per_million: ours.cpuSecondsPerMillion,
    peer_cpu_s_per_million: peer.cpuSecondsPerMillion,
    cpu_ratio: ours.cpuSecondsPerMillion === null || peer.cpuSecondsPerMillion === null ? null : peer.cpuSecondsPerMillion / ours.cpuSecondsPerMillion,
    ours_peak_rss_bytes: options.oursPeakRssBytes,
    peer_peak_rss_bytes: options.peerPeakRssBytes,
    ours_generator_cpu: ours.generatorCpu,
    peer_generator_cpu: peer.generatorCpu,
    ours_server_cpu: ours.serverCpu,
    peer_server_cpu: peer.serverCpu,
  };
}

interface SideSummary {
  readonly rate: number | null;
  readonly cpuSecondsPerMillion: number | null;
  readonly generatorCpu: number | null;
  readonly serverCpu: number | null;
}

function summariseSide(results: readonly (LoadResult | null)[]): SideSummary {
  const known = results.filter((result) => result !== null);
  return {
    rate: known.length === 0 ? null : median(known.map((result) => result.deliveriesPerSecond)),
    cpuSecondsPerMillion: medianOrNull(known.map((result) => result.serverCpuSecondsPerMillion)),
    generatorCpu: medianOrNull(known.map((result) => result.generatorCpuShare)),
    serverCpu: medianOrNull(known.map((result) => result.serverCpuShare)),
  };
}

function bottleneckNotes(side: string, results: readonly (LoadResult | null)[]): string[] {
  const idle = results.filter((result) => result !== null && result.serverCpuShare !== undefined && result.serverCpuShare < serverBusyShare);
  const limited = idle.filter((result) => result !== null && result.generatorCpuShare >= generatorFullShare);
  const starved = idle.length - limited.length;
  return [
    ...(limited.length > 0 ? [`the load generator was the bottleneck in ${limited.length} of ${results.length} rounds (${side}): the server can do more`] : []),
    ...(starved > 0 ? [`the server had less than ${serverBusyShare * 100} % of its core in ${starved} of ${results.length} rounds (${side}): other work on the machine, or waiting for credit`] : []),
  ];
}
