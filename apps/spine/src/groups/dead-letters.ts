import { utf8Size, varintSize, writeUtf8, writeVarint } from '@arqonbus/envelope';
import { hardCaps } from '@arqonbus/errors';
import { createHash } from 'node:crypto';
import type { Topic } from '../routing/index.js';
import type { DeadLetter } from './group-source.js';
import type { FailureReason, Task } from './task.js';

/**
 * Channel for dead letters of a group: `dead.<group>` for the main channel, `<channel>.dead.<group>` else. A name that would be too long is cut
 * and ends with a hash of both names: distinct groups stay apart, and no channel becomes its own dead-letter channel.
 */
export function deadLetterChannel(channel: string, group: string): string {
  const name = channel === '' ? `dead.${group}` : `${channel}.dead.${group}`;
  if (name.length <= hardCaps.nameBytes) return name;
  const hash = createHash('sha256').update(`${channel}/${group}`).digest('hex').slice(0, hashLength);
  const groupPart = group.slice(0, longestGroupPart);
  const channelPart = channel.slice(0, hardCaps.nameBytes - '.dead.'.length - groupPart.length - 1 - hashLength);
  return `${channelPart === '' ? 'dead' : `${channelPart}.dead`}.${groupPart}.${hash}`;
}

/** The task's event with headers that tell where it comes from and why it is here. Its id stays, so that a letter published twice is known. */
export function writeDeadLetter(task: Task, origin: Topic, group: string, reason: FailureReason): DeadLetter {
  const { body, source } = task.run;
  const content = contentOf(body.envelopes, task.entryStart, task.entryEnd);
  const headers = [
    ['arqon-dead-letter-room', origin.roomName], ['arqon-dead-letter-channel', origin.channel], ['arqon-dead-letter-group', group],
    ['arqon-dead-letter-epoch', String(source.epoch)], ['arqon-dead-letter-sequence', String(source.run.sequence + task.index)],
    ['arqon-dead-letter-attempts', String(task.deliveries)], ['arqon-dead-letter-reason', reason],
  ].map(([key, value]) => encodeHeader(key, value));
  const size = headers.reduce((sum, header) => sum + header.length, content.length);
  const envelope = new Uint8Array(1 + varintSize(size) + size);
  envelope[0] = tagEnvelopes;
  let at = writeVarint(envelope, 1, size);
  // Appended, so that of two headers with one key readers take these.
  for (const part of [content, ...headers]) {
    envelope.set(part, at);
    at += part.length;
  }
  return { origin, channel: deadLetterChannel(origin.channel, group), sender: withoutSession(body.sender), envelope };
}

function contentOf(envelopes: Uint8Array, entryStart: number, entryEnd: number): Uint8Array {
  let at = entryStart + 1;
  while (envelopes[at] >= 0x80) at += 1;
  return envelopes.subarray(at + 1, entryEnd);
}

/** One entry of Envelope.headers. */
function encodeHeader(key: string, value: string): Uint8Array {
  const keyBytes = utf8Size(key);
  const valueBytes = utf8Size(value);
  const size = 1 + varintSize(keyBytes) + keyBytes + 1 + varintSize(valueBytes) + valueBytes;
  const entry = new Uint8Array(1 + varintSize(size) + size);
  entry[0] = 0x4a;
  let at = writeVarint(entry, 1, size);
  entry[at] = 0x0a;
  at = writeUtf8(entry, writeVarint(entry, at + 1, keyBytes), key);
  entry[at] = 0x12;
  writeUtf8(entry, writeVarint(entry, at + 1, valueBytes), value);
  return entry;
}

/** A publisher hides its own session's events from its application, but must see its dead letters. */
function withoutSession(sender: Uint8Array): Uint8Array {
  return Uint8Array.from(sender).fill(0, sender.length - sessionBytes);
}

const tagEnvelopes = 0x7a;
const sessionBytes = 8;
const hashLength = 16;
const longestGroupPart = 48;
