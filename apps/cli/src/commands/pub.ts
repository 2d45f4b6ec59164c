import type { Bus, PublishResult, RawEvent } from '@arqonbus/sdk';
import { usageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import type { CommandHandler } from '../command-line/command-spec.js';
import type { CommandLine } from '../command-line/command-line.js';
import { topicArgument } from '../connection/topic-argument.js';
import { withBus } from '../connection/with-bus.js';
import { messageJson, messageLine } from '../output/message-lines.js';

const maxCount = 10_000_000;
/** Publishes in flight: enough to fill runs, few enough to report in order without delay. */
const windowCount = 1_024;
const defaultReplySeconds = 30;
const maxReplySeconds = 86_400;
const placeholder = '{{n}}';

/** `arqon pub`: publishes, and says where each event went. */
export const runPubCommand: CommandHandler = async (line, context) => {
  const [topic = '', payload = '-'] = line.operands;
  topicArgument(topic);
  const count = line.integer('count', { min: 1, max: maxCount });
  const isRequest = line.has('request') || line.has('reply-timeout');
  const replySeconds = line.integer('reply-timeout', { min: 1, max: maxReplySeconds }) ?? defaultReplySeconds;
  if (isRequest && (line.has('no-ack') || count !== undefined)) throw usageError('a request goes with neither --no-ack nor --count');
  const header = readHeaders(line.list('header'));
  const type = line.value('type') ?? 'text/plain';
  if (type === '') throw usageError('--type is empty');
  const content = payload === '-' ? await context.readInput() : payload;
  const eventAt = (index: number): RawEvent => ({ type, headers: header, payload: count === undefined ? content : fill(content, index) });
  await withBus(line, context, {}, async (bus, { timeoutMs }) => {
    if (isRequest) await request(bus, topic, eventAt(1), { context, timeoutMs: replySeconds * 1_000 });
    else await publishAll(bus, topic, eventAt, { line, context, count: count ?? 1, timeoutMs });
  });
};

function readHeaders(pairs: readonly string[]): Record<string, string> | undefined {
  if (pairs.length === 0) return undefined;
  return Object.fromEntries(pairs.map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw usageError(`--header "${pair}" is not KEY=VALUE`);
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  }));
}

function fill(content: string | Uint8Array, index: number): string | Uint8Array {
  if (typeof content === 'string') return content.replaceAll(placeholder, String(index));
  const text = Buffer.from(content).toString('latin1');
  return text.includes(placeholder) ? Buffer.from(text.replaceAll(placeholder, String(index)), 'latin1') : content;
}

async function request(bus: Bus, topic: string, event: RawEvent, options: { readonly context: CommandContext; readonly timeoutMs: number }): Promise<void> {
  const { context, timeoutMs } = options;
  const answer = await bus.request(topic, event, { timeoutMs, signal: context.interruption.signal });
  await context.output.result(messageLine(answer), messageJson(answer));
}

interface PublishJob {
  readonly line: CommandLine;
  readonly context: CommandContext;
  readonly count: number;
  readonly timeoutMs: number;
}

async function publishAll(bus: Bus, topic: string, eventAt: (index: number) => RawEvent, job: PublishJob): Promise<void> {
  const { signal } = job.context.interruption;
  const { timeoutMs } = job;
  for (let first = 1; first <= job.count; first += windowCount) {
    signal.throwIfAborted();
    const last = Math.min(job.count, first + windowCount - 1);
    const events = Array.from({ length: last - first + 1 }, (_, index) => eventAt(first + index));
    if (job.line.has('no-ack')) {
      await Promise.all(events.map((event) => bus.publish(topic, event, { ack: false, signal })));
    } else {
      const results = await Promise.all(events.map((event) => bus.publish(topic, event, { signal, timeoutMs })));
      for (const result of results) await report(job.context, topic, result);
    }
  }
  await bus.drain({ timeoutMs, signal });
}

async function report({ output }: CommandContext, topic: string, { sequence, epoch, durability, duplicate }: PublishResult): Promise<void> {
  await output.result(`${topic} #${sequence} ${durability}`, { topic, sequence, epoch, durability, duplicate });
}
