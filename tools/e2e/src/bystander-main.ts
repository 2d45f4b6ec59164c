import { connect, type Bus } from '@arqonbus/sdk';
import { setTimeout as wait } from 'node:timers/promises';
import type { BystanderReport, LatencySample } from './bystander-report.js';
import { NumberLedger } from './number-ledger.js';

/**
 * Two SDK clients of one tenant in a process of their own, so that the test's work cannot delay them. Each publishes numbered, acknowledged
 * messages at fixed times whatever the answers (open loop) and checks the other's. Ends at SIGTERM, once all has arrived.
 */

const topic = 'bystanders:main';
const settleMs = 10_000;
const reportEveryMs = 100;

interface Side {
  readonly bus: Bus;
  readonly ledger: NumberLedger;
  publishedCount: number;
  acknowledgedCount: number;
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function report(message: BystanderReport): void {
  process.send?.(message);
}

async function openSide(token: string, samples: LatencySample[], complaints: string[]): Promise<Side> {
  const { ARQON_E2E_URL = '', ARQON_E2E_CA = '' } = process.env;
  const bus = await connect({ url: ARQON_E2E_URL, ca: ARQON_E2E_CA, token, reconnect: { minDelayMs: 20, maxDelayMs: 300 } });
  const ledger = new NumberLedger();
  const subscription = await bus.join(topic);
  subscription.on('message', (message) => {
    // A test may load the topic too.
    if (!message.sender.startsWith('bystander-')) return;
    const [number, dueMs, latenessMs] = message.text.split(' ').map(Number);
    ledger.take(number);
    samples.push([dueMs, nowMs() - dueMs, latenessMs]);
  });
  subscription.on('gap', ({ reason, lost }) => {
    if (lost) complaints.push(`gap ${reason}`);
  });
  return { bus, ledger, publishedCount: 0, acknowledgedCount: 0 };
}

function publishNext(side: Side, dueMs: number, complaints: string[]): void {
  side.publishedCount += 1;
  side.bus.publish(topic, { type: 'text/plain', payload: `${String(side.publishedCount)} ${String(dueMs)} ${String(nowMs() - dueMs)}` }).then(
    () => { side.acknowledgedCount += 1; },
    (error: unknown) => { complaints.push(`publish ${String(error)}`); },
  );
}

async function publishUntil(stopping: AbortSignal, sides: readonly Side[], samples: LatencySample[], complaints: string[]): Promise<void> {
  const intervalMs = Number(process.env['ARQON_E2E_INTERVAL_MS'] ?? '10');
  let dueMs = nowMs();
  let reportMs = dueMs;
  while (!stopping.aborted) {
    for (; dueMs <= nowMs(); dueMs += intervalMs) for (const side of sides) publishNext(side, dueMs, complaints);
    if (nowMs() >= reportMs) {
      report({ type: 'progress', samples: samples.splice(0) });
      reportMs = nowMs() + reportEveryMs;
    }
    await wait(Math.max(1, dueMs - nowMs()));
  }
}

async function settle([one, two]: readonly Side[]): Promise<void> {
  const isSettled = (from: Side, to: Side): boolean => from.acknowledgedCount === from.publishedCount && to.ledger.lostCount(from.publishedCount) === 0;
  const endMs = nowMs() + settleMs;
  while (nowMs() < endMs && !(isSettled(one, two) && isSettled(two, one))) await wait(20);
}

async function main(): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, () => { stopping.abort(); });
  const samples: LatencySample[] = [];
  const complaints: string[] = [];
  const tokens = (process.env['ARQON_E2E_TOKENS'] ?? '').split(' ');
  const sides = await Promise.all(tokens.map((token) => openSide(token, samples, complaints)));
  await publishUntil(stopping.signal, sides, samples, complaints);
  await settle(sides);
  const [one, two] = sides;
  const sum = (read: (side: Side) => number): number => read(one) + read(two);
  report({ type: 'progress', samples: samples.splice(0) });
  report({
    type: 'outcome',
    publishedCount: sum((side) => side.publishedCount),
    acknowledgedCount: sum((side) => side.acknowledgedCount),
    deliveredCount: sum((side) => side.ledger.deliveredCount),
    lostCount: one.ledger.lostCount(two.publishedCount) + two.ledger.lostCount(one.publishedCount),
    doubledCount: sum((side) => side.ledger.doubledCount),
    disorderedCount: sum((side) => side.ledger.disorderedCount),
    complaints,
  });
  await Promise.all(sides.map((side) => side.bus.close()));
  process.disconnect();
}

main().catch((error: unknown) => {
  process.stderr.write(`bystanders: ${String(error)}\n`);
  process.exit(1);
});
