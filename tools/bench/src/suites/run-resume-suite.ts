import { summariseRounds } from '../measured-result.js';
import { choosePlacement } from '../placement.js';
import type { MeasuredReport } from '../report/format-measured.js';
import { startSpine } from '../servers/start-spine.js';
import { median, medianOrNull } from '../statistics.js';
import type { MeasuredSuiteOptions } from '../suite-cases.js';
import { startTaskRunner } from '../tasks/start-task-runner.js';
import type { ResumeOutcome } from '../tasks/task.js';
import { Servers } from './servers.js';

const connectionCount = 1_000;
const missedCount = 20;
const goalMs = 50;
/** A server that waited longer for its core than this part of its own time was not alone on it. */
const starvedShare = 0.25;
/** Published one by one before, of which the last are missed. */
const publishedCount = 1_000;

/** R3: from `join` on an open connection to the last missed message, for a thousand connections at once. */
export async function runResumeSuite(options: MeasuredSuiteOptions): Promise<MeasuredReport> {
  const placement = choosePlacement();
  const roundCount = options.isQuick ? 5 : 11;
  const servers = new Servers();
  const outcomes: ResumeOutcome[] = [];
  try {
    const spine = await servers.add(startSpine({ core: placement.serverCore }));
    const runner = await servers.add(startTaskRunner({ core: placement.generatorCore }));
    await runner.run({ kind: 'publish-acked', spine, runLength: 1, extent: { messageCount: publishedCount }, serverPids: [] });
    for (let round = 0; round <= roundCount; round += 1) {
      const outcome = await runner.run({ kind: 'resume', spine, connectionCount, missedCount, serverPid: spine.pid });
      options.onProgress(`R3 round ${round}${round === 0 ? ' (warm-up, not counted)' : ''}: p50 ${outcome.p50Ms.toFixed(1)} ms, p99 ${outcome.p99Ms.toFixed(1)} ms, max ${outcome.maxMs.toFixed(1)} ms; the Spine ran ${text(outcome.serverRunMs)} and waited ${text(outcome.serverWaitMs)}`);
      if (round > 0) outcomes.push(outcome);
    }
  } finally {
    await servers.stop();
  }
  const starvedCount = outcomes.filter(({ serverRunMs, serverWaitMs }) => (serverWaitMs ?? 0) > (serverRunMs ?? 0) * starvedShare).length;
  const result = summariseRounds({
    id: 'R3', unit: 'ms', work: `p99 of ${connectionCount} joins at once, each ${missedCount} messages behind`,
    goal: { of: 'ours', direction: 'at-most', value: goalMs },
    rounds: outcomes.map((outcome) => ({ ours: outcome.p99Ms, peer: null })),
    notes: [
      'no peer: held against a bound', 'smaller is better',
      ...(starvedCount === 0 ? [] : [`in ${starvedCount} of ${roundCount} rounds the Spine waited for its core longer than a quarter of what it ran: other work on the machine`]),
    ],
    details: {
      p50_ms: median(outcomes.map((outcome) => outcome.p50Ms)),
      p99_ms: median(outcomes.map((outcome) => outcome.p99Ms)),
      max_ms: Math.max(...outcomes.map((outcome) => outcome.maxMs)),
      spine_ran_ms: medianOrNull(outcomes.map((outcome) => outcome.serverRunMs)),
      spine_waited_for_its_core_ms: medianOrNull(outcomes.map((outcome) => outcome.serverWaitMs)),
    },
  });
  return {
    suite: 'resume', title: 'Resume', results: [result],
    method: [
      `${connectionCount} open connections to the Spine's own door each send join with a position ${missedCount} messages behind the head, all in one turn of the load generator`,
      'the time is from each one\'s send to its last missed message, the generator\'s own time to send and read a thousand included; each must get every message once and be told that it recovered',
      `${roundCount} rounds on new connections after one that is not counted, median of the rounds' p99; the missed messages were published one by one`,
      placement.description,
    ],
  };
}

function text(milliseconds: number | null): string {
  return milliseconds === null ? '-' : `${milliseconds.toFixed(1)} ms`;
}
