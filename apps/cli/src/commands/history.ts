import type { HistoryOptions } from '@arqonbus/sdk';
import { usageError } from '../cli-error.js';
import type { CommandHandler } from '../command-line/command-spec.js';
import type { CommandLine } from '../command-line/command-line.js';
import { topicArgument } from '../connection/topic-argument.js';
import { withBus } from '../connection/with-bus.js';
import { messageJson, messageLine } from '../output/message-lines.js';

const maxLimit = 1_000_000_000;

/** `arqon history`: prints a part of a topic's history. */
export const runHistoryCommand: CommandHandler = async (line, context) => {
  const [topic = ''] = line.operands;
  topicArgument(topic);
  const options = windowOf(line);
  const client = topic.startsWith('@') ? topic.slice(1) : undefined;
  const { output, interruption } = context;
  await withBus(line, context, { client }, async (bus) => {
    for await (const message of bus.history(topic, { ...options, signal: interruption.signal })) {
      await output.result(messageLine(message), messageJson(message));
    }
  });
};

function windowOf(line: CommandLine): HistoryOptions {
  const from = pointOf(line, 'from');
  const to = pointOf(line, 'to');
  return {
    ...(typeof from === 'bigint' ? { fromSequence: from } : { fromTime: from }),
    ...(typeof to === 'bigint' ? { toSequence: to } : { toTime: to }),
    limit: line.integer('limit', { min: 1, max: maxLimit }),
  };
}

function pointOf(line: CommandLine, option: 'from' | 'to'): bigint | Date | undefined {
  const text = line.value(option);
  if (text === undefined) return undefined;
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time.getTime())) {
    throw usageError(`--${option} "${text}" is neither a sequence nor a time`, 'A time looks like 2026-01-31T12:00:00Z.');
  }
  return time;
}
