import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compileRuleset, inspectMessage, type MessageToInspect, type Ruleset } from '@arqonbus/casil';
import { hostileTexts } from '@arqonbus/testkit';
import { judgedConfig } from '../judge.js';
import { agentMessages, type AgentMessageKind } from './agent-messages.js';

/** One round over the same messages. */
export interface InspectionRound {
  readonly megabytesPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

export interface HostileFigure {
  readonly name: string;
  readonly ms: number;
}

const messageBytes = 1024;
const distinctMessages = 256;

/** `mixed`: half of the messages are plain, half hold escapes. */
export function createInspection(kind: AgentMessageKind | 'mixed' = 'mixed'): { readonly ruleset: Ruleset; readonly messages: readonly MessageToInspect[] } {
  const kinds: readonly AgentMessageKind[] = kind === 'mixed' ? ['plain', 'escaped'] : [kind];
  const messages = kinds.flatMap((one) => agentMessages(one, distinctMessages, messageBytes)).map((payload): MessageToInspect => ({ type: 'application/json', payload, room: 'bench', channel: 'main' }));
  return { ruleset: compileRuleset(judgedConfig), messages };
}

/** Inspects `count` messages of 1 KiB one after the other, on the one core that runs this. Raises when one of them is not let through. */
export function measureRound({ ruleset, messages }: ReturnType<typeof createInspection>, count: number): InspectionRound {
  const elapsedUs = new Float64Array(count);
  let bytes = 0;
  let totalMs = 0;
  // In blocks without a clock inside for the rate, and one by one for the percentiles: reading the clock costs as much as a short message.
  for (const isTimed of [false, true]) {
    const startedAt = performance.now();
    const before = process.cpuUsage();
    for (let i = 0; i < count; i += 1) {
      const message = messages[i % messages.length];
      const sentAt = isTimed ? performance.now() : 0;
      const { decision } = inspectMessage(message, ruleset);
      if (isTimed) elapsedUs[i] = (performance.now() - sentAt) * 1000;
      else bytes += message.payload.length;
      if (decision !== 'allow') throw new Error('CASIL stopped a clean message of the bench');
    }
    // Per core: time in which other programs had the core is not counted, and neither is what another core did for this one.
    const used = process.cpuUsage(before);
    if (!isTimed) totalMs = Math.min(performance.now() - startedAt, (used.user + used.system) / 1000);
  }
  elapsedUs.sort();
  return { megabytesPerSecond: bytes / 1e6 / (totalMs / 1000), p50Us: elapsedUs[Math.floor(count * 0.5)], p99Us: elapsedUs[Math.floor(count * 0.99)] };
}

/** Every hostile text of `sizeBytes`, the quickest of `attempts` each (what else runs on the machine only ever adds), slowest first. */
export function measureHostile({ ruleset }: ReturnType<typeof createInspection>, sizeBytes: number, attempts: number): readonly HostileFigure[] {
  const figures = hostileTexts(sizeBytes).map(({ name, bytes }) => {
    const message: MessageToInspect = { type: '', payload: bytes, room: 'bench', channel: 'main' };
    let ms = Infinity;
    for (let i = 0; i < attempts; i += 1) {
      const startedAt = performance.now();
      const before = process.cpuUsage();
      inspectMessage(message, ruleset);
      const used = process.cpuUsage(before);
      ms = Math.min(ms, performance.now() - startedAt, (used.user + used.system) / 1000);
    }
    return { name, ms };
  });
  return figures.sort((left, right) => right.ms - left.ms);
}

/** Bytes by which the heap is larger after `count` messages, garbage taken out, per message. */
export function measureHeapGrowth({ ruleset, messages }: ReturnType<typeof createInspection>, count: number): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const usedBytes = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = usedBytes();
  for (let i = 0; i < count; i += 1) inspectMessage(messages[i % messages.length], ruleset);
  return (usedBytes() - before) / count;
}
