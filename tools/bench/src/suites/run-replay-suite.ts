import { summariseRounds, type MeasuredResult } from '../measured-result.js';
import { choosePlacement, type Placement } from '../placement.js';
import type { MeasuredReport } from '../report/format-measured.js';
import { startSpine } from '../servers/start-spine.js';
import { medianOrNull } from '../statistics.js';
import type { MeasuredSuiteOptions } from '../suite-cases.js';
import { startTaskRunner } from '../tasks/start-task-runner.js';
import type { ReplayOutcome } from '../tasks/task.js';
import { Servers } from './servers.js';

interface ReplayCase {
  readonly id: string;
  readonly how: 'replay' | 'pages';
  /** Messages per run when they were published. */
  readonly runLength: number;
}

const replayCases: readonly ReplayCase[] = [
  { id: 'R1', how: 'replay', runLength: 64 },
  { id: 'R2', how: 'pages', runLength: 64 },
  { id: 'R1-single', how: 'replay', runLength: 1 },
  { id: 'R2-single', how: 'pages', runLength: 1 },
];
const floorPerSecond = 500_000;
const messageCount = 131_072;
const connectionCount = 4;
/** Room for all messages of the load; the rest is as users have it. */
const settings = { ARQON_SPINE_HISTORY_MAX_EVENTS_COUNT: '200000', ARQON_SPINE_HISTORY_MAX_BYTES: '134217728' };

/** R1, R2: how fast one core of the Spine gives history out of memory. */
export async function runReplaySuite(options: MeasuredSuiteOptions): Promise<MeasuredReport> {
  const placement = choosePlacement();
  const pace = options.isQuick ? { roundCount: 3, warmupMs: 300, measureMs: 1_000 } : { roundCount: 5, warmupMs: 500, measureMs: 2_000 };
  const results: MeasuredResult[] = [];
  for (const runLength of [64, 1]) {
    const chosen = replayCases.filter((one) => one.runLength === runLength && options.caseIds.includes(one.id));
    if (chosen.length > 0 && options.side !== 'peer') results.push(...(await runWithRuns(runLength, chosen, placement, pace, options.onProgress)));
  }
  results.sort((left, right) => (left.id < right.id ? -1 : 1));
  return {
    suite: 'replay',
    title: 'History replay',
    results,
    method: [
      `${connectionCount} connections each read ${messageCount} messages of 128 B over and over, ${pace.roundCount} rounds of ${pace.measureMs} ms, medians`,
      `${placement.description}; one Spine with memory history, limits raised to hold all messages`,
      'every message is counted one by one, its sequence and content checked: a lost, doubled, reordered or other message fails the run',
      'R1 is history_replay without a pace, R2 is history_get page by page, one request at a time on each connection',
      'there is no peer: the figure is held against a floor',
    ],
  };
}

async function runWithRuns(
  runLength: number, chosen: readonly ReplayCase[], placement: Placement, pace: { roundCount: number; warmupMs: number; measureMs: number },
  onProgress: (line: string) => void,
): Promise<MeasuredResult[]> {
  const servers = new Servers();
  try {
    const spine = await servers.add(startSpine({ core: placement.serverCore, settings }));
    const runner = await servers.add(startTaskRunner({ core: placement.generatorCore }));
    await runner.run({ kind: 'publish-acked', spine, runLength, extent: { messageCount }, serverPids: [] });
    const outcomes = new Map<string, ReplayOutcome[]>(chosen.map(({ id }) => [id, []]));
    for (let round = 1; round <= pace.roundCount; round += 1) {
      for (const { id, how } of chosen) {
        const outcome = await runner.run({
          kind: 'replay', spine, how, connectionCount, messageCount, warmupMs: pace.warmupMs, measureMs: pace.measureMs, serverPids: [spine.pid],
        });
        outcomes.get(id)?.push(outcome);
        onProgress(`${id} round ${round}: ${(outcome.messagesPerSecond / 1e6).toFixed(2)} M/s (generator ${Math.round(outcome.generatorCpuShare * 100)} % of a core)`);
      }
    }
    return chosen.map((one) => summarise(one, outcomes.get(one.id) ?? []));
  } finally {
    await servers.stop();
  }
}

function summarise({ id, how, runLength }: ReplayCase, outcomes: readonly ReplayOutcome[]): MeasuredResult {
  const limited = outcomes.filter((outcome) => outcome.generatorCpuShare >= 0.95 && (outcome.serverCpuShare ?? 1) < 0.85).length;
  return summariseRounds({
    id, unit: 'msg/s',
    work: `${how === 'replay' ? 'history_replay' : 'history_get, paged'}, 128 B, published in runs of ${runLength}`,
    goal: { of: 'ours', direction: 'at-least', value: floorPerSecond },
    rounds: outcomes.map((outcome) => ({ ours: outcome.messagesPerSecond, peer: null })),
    notes: ['no peer: held against a floor', ...(limited === 0 ? [] : [`the load generator was the bottleneck in ${limited} of ${outcomes.length} rounds: the server can do more`])],
    details: {
      server_cpu_s_per_million: medianOrNull(outcomes.map((outcome) => outcome.serverCpuSecondsPerMillion)),
      server_cpu: medianOrNull(outcomes.map((outcome) => outcome.serverCpuShare)),
      generator_cpu: medianOrNull(outcomes.map((outcome) => outcome.generatorCpuShare)),
    },
  });
}
