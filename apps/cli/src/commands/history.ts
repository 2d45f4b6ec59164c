import type { HistoryOptions } from '@arqonbus/sdk';
import { usageError } from '../cli-error.js';
import type { CommandHandler } from '../command-line/command-spec.js';
import type { CommandLine } from '../command-line/command-line.js';
import { topicArgument } from '../connection/topic-argument.js';
import { withBus } from '../connection/with-bus.js';
import { messageJson, messageLine } from '../output/message-lines.js';
import { parseTime } from './time-option.js';

const maxLimit = 1_000_000_000;
const maxPace = 1_000_000;

/** `arqon history`: prints a part of a topic's history; with --replay all of it or an error. */
export const runHistoryCommand: CommandHandler = async (line, context) => {
  const [topic = ''] = line.operands;
  topicArgument(topic);
  const options = windowOf(line);
  const isReplay = line.has('replay');
  const pace = line.integer('pace', { min: 1, max: maxPace });
  if (pace !== undefined && !isReplay) throw usageError('--pace goes with --replay');
  if (isReplay && (!line.has('from') || !line.has('to'))) throw usageError('--replay needs --from and --to', 'A replay is of a window with both ends; `arqon history` without --replay shows what there is.');
  const client = topic.startsWith('@') ? topic.slice(1) : undefined;
  const { output, interruption } = context;
  await withBus(line, context, { client }, async (bus) => {
    const { signal } = interruption;
    for await (const message of isReplay ? bus.replay(topic, options, { pace, signal }) : bus.history(topic, { ...options, signal })) {
      await output.result(messageLine(message), messageJson(message));
    }
  });
};

function windowOf(line: CommandLine): Pick<HistoryOptions, 'fromSequence' | 'toSequence' | 'fromTime' | 'toTime' | 'limit'> {
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
  const time = parseTime(text);
  if (time === undefined) {
    throw usageError(`--${option} "${text}" is neither a sequence nor a time`, 'A time looks like 2026-01-31T12:00:00Z.');
  }
  return time;
}
