import type { Bus, JoinAddress, JoinOptions, SincePosition } from '@arqonbus/sdk';
import { isChannelName } from '@arqonbus/tenancy';
import { usageError } from '../cli-error.js';
import { topicArgument } from '../connection/topic-argument.js';

/** A position as given: without an epoch, that of the topic's present one is meant. */
interface GivenPosition {
  readonly channel: string | undefined;
  readonly epoch: bigint | undefined;
  readonly sequence: bigint;
}

export type Since = 'now' | 'start' | readonly GivenPosition[];

const position = /^(?:([^=/]*)=)?(?:(\d{1,20})\/)?(\d{1,20})$/;
const largest = 2n ** 64n - 1n;

/** Reads the values of --since. Raises usage errors. */
export function parseSince(values: readonly string[], { isRoomWide }: { readonly isRoomWide: boolean }): Since {
  const [only] = values;
  if (only === undefined) return 'now';
  if (values.length === 1 && (only === 'now' || only === 'start')) return only;
  const positions = values.map(parsePosition);
  if (!isRoomWide && positions.length > 1) throw usageError('--since is given twice for one topic');
  for (const { channel } of positions) {
    if (isRoomWide && channel === undefined) throw usageError('--since of a whole room names the channel: --since CHANNEL=SEQ', 'The main channel is written =SEQ.');
    if (!isRoomWide && channel !== undefined) throw usageError('--since of one topic names no channel: --since SEQ');
  }
  return positions;
}

function parsePosition(text: string): GivenPosition {
  const [, channel, epochText, sequenceText = ''] = position.exec(text) ?? [];
  const epoch = epochText === undefined ? undefined : BigInt(epochText);
  if (sequenceText === '' || BigInt(sequenceText) > largest || (epoch ?? 0n) > largest || (channel !== undefined && !isChannelName(channel))) {
    throw usageError(`--since "${text}" is no position`, 'It is start, now, SEQ or EPOCH/SEQ; with ROOM:* it is CHANNEL=SEQ.');
  }
  return { channel, epoch, sequence: BigInt(sequenceText) };
}

/** The positions with their epochs, which the server is asked for where none was given. */
export async function resolveSince(bus: Bus, address: JoinAddress, since: Since): Promise<JoinOptions['since']> {
  if (typeof since === 'string') return since;
  return Promise.all(since.map(async ({ channel, epoch, sequence }): Promise<SincePosition> => {
    const topic = topicOf(address, channel);
    return { channel: topic?.channel ?? '', epoch: epoch ?? (await presentEpoch(bus, topic)), sequence };
  }));
}

/** The topic that a position is of, or undefined for an inbox. */
function topicOf(address: JoinAddress, channel: string | undefined): { readonly room: string; readonly channel: string } | undefined {
  if (typeof address !== 'string') return { room: address.room, channel: channel ?? '' };
  const name = topicArgument(address);
  return name.kind === 'inbox' ? undefined : name;
}

async function presentEpoch(bus: Bus, topic: { readonly room: string; readonly channel: string } | undefined): Promise<bigint> {
  if (topic === undefined) throw usageError('--since of an inbox names the epoch: --since EPOCH/SEQ');
  return (await bus.channelInfo(topic)).epoch;
}
