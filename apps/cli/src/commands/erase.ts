import { usageError } from '../cli-error.js';
import type { CommandHandler } from '../command-line/command-spec.js';
import { topicArgument } from '../connection/topic-argument.js';
import { withBus } from '../connection/with-bus.js';

/** `arqon erase`: destroys the content of one event; a tombstone stays. */
export const runEraseCommand: CommandHandler = async (line, context) => {
  const [topic = '', text = ''] = line.operands;
  if (topicArgument(topic).kind === 'inbox') throw usageError('an inbox has nothing to erase', 'A topic here is ROOM or ROOM:CHANNEL.');
  if (!/^\d{1,16}$/.test(text) || BigInt(text) === 0n) throw usageError(`"${text}" is no sequence`, '`arqon history TOPIC` shows each event with its sequence, #N.');
  const sequence = BigInt(text);
  const { output, interruption } = context;
  await withBus(line, context, { roles: ['client', 'admin'] }, async (bus) => {
    await bus.erase(topic, sequence, { signal: interruption.signal });
    await output.result(`${topic} #${sequence} erased`, { topic, sequence, erased: true });
  });
};
