import { FrameSchema } from '@arqonbus/proto';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { newId, textEvent, type CommandInit, type EnvelopeInit } from './wire-session.js';

type Init = MessageInitShape<typeof FrameSchema>;

const room = 'fuzz';
const position = { channel: 'a', epoch: 1n, sequence: 1n };

function command(body: CommandInit): EnvelopeInit {
  return { id: newId(), body: { case: 'command', value: { body } } };
}

/** Valid frames of every kind that a client may send, and of those that only servers may; `token` is what a refresh carries. */
export function frameCorpus(token: string): readonly Uint8Array[] {
  return [...runs(), ...commands(token), ...serverOnly()].map((frame) => toBinary(FrameSchema, create(FrameSchema, frame)));
}

function runs(): Init[] {
  const rich: EnvelopeInit = {
    ...textEvent('rich'), traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b', headers: { one: '1', two: '2' },
    capabilities: ['x', 'y'], intent: 'try', embedding: { model: 'm', values: [0.5, 1, 2] }, parentId: newId(),
  };
  return [
    {},
    { batches: [{ room, envelopes: [textEvent('one')] }] },
    { batches: [{ room, channel: 'a', envelopes: Array.from({ length: 20 }, (_, index) => textEvent(`event ${String(index)}`)) }] },
    { batches: [{ room, ack: true, producer: 5n, run: 1n, envelopes: [textEvent('acknowledged')] }] },
    { batches: [{ room, channel: 'a', after: [position], envelopes: [rich] }] },
    { batches: [{ recipient: 'fuzzer', recipientSession: 3n, envelopes: [textEvent('inbox')] }] },
    { batches: [{ recipient: 'fuzzer', envelopes: [{ id: newId(), body: { case: 'reply', value: { requestId: newId(), body: { case: 'event', value: { type: 't' } } } } }] }] },
    { batches: [{ room, envelopes: [textEvent('a')] }, { room, channel: 'b', envelopes: [textEvent('b')] }, { envelopes: [command({ case: 'ping', value: {} })] }] },
  ];
}

function commands(token: string): Init[] {
  const window = { room, channel: 'a', fromSequence: 1n, toSequence: 9n, limit: 10, epoch: 1n };
  const bodies: CommandInit[] = [
    { case: 'ping', value: {} }, { case: 'join', value: { room, channel: 'a', resume: [position] } }, { case: 'join', value: { room, allChannels: true } },
    { case: 'join', value: { room, group: 'g' } }, { case: 'leave', value: { room, channel: 'a' } }, { case: 'status', value: {} }, { case: 'listChannels', value: { room } },
    { case: 'channelInfo', value: { room, channel: 'a' } }, { case: 'createChannel', value: { room, channel: 'new' } }, { case: 'deleteChannel', value: { room, channel: 'new' } },
    { case: 'historyGet', value: window }, { case: 'historyReplay', value: { ...window, pace: 10 } }, { case: 'help', value: {} }, { case: 'refreshToken', value: { token } },
    { case: 'taskAck', value: { id: newId(), nack: true, retryAfterMs: 5 } }, { case: 'call', value: { name: 'f', args: Uint8Array.of(1, 2) } }, { case: 'erase', value: { room, sequence: 1n } },
  ];
  return [...bodies.map((body) => ({ batches: [{ envelopes: [command(body)] }] })), { batches: [{ envelopes: bodies.slice(0, 8).map(command) }] }];
}

function serverOnly(): Init[] {
  const stamp = { sequence: 1n, timeUs: 2n, sender: 's', session: 3n, epoch: 4n, prev: 0n, after: [position], inspection: { kind: 'k', flags: ['f'] }, replayed: true, task: { group: 'g', leaseMs: 1 } };
  const signal: EnvelopeInit = { id: newId(), body: { case: 'signal', value: { body: { case: 'welcome', value: { clientId: 'x', limits: { maxFrameBytes: 1 } } } } } };
  const error: EnvelopeInit = { id: newId(), body: { case: 'error', value: { code: 'INTERNAL', run: 3n } } };
  return [{ batches: [{ room, stamp, envelopes: [textEvent('stamped')] }] }, { batches: [{ envelopes: [signal] }] }, { batches: [{ envelopes: [error] }] }];
}
