import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { FrameSchema, type Frame } from '@arqonbus/proto';
import { waitFor } from '@arqonbus/testkit';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { WireSubscriber } from './wire-subscriber.js';

const welcome = { body: { case: 'signal' as const, value: { body: { case: 'welcome' as const, value: { session: 1n } } } } };
let server: WebSocketServer;
let subscriber: WireSubscriber;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  subscriber = new WireSubscriber('wire-1', { url, ca: '', token: () => Promise.resolve('token'), topic: 'verify:b', nowMs: () => performance.now() });
});

afterEach(() => {
  subscriber.stop();
  for (const client of server.clients) client.terminate();
  server.close();
});

/** The next connection, and the frames that come on it. */
async function accepted(): Promise<{ readonly socket: WebSocket; readonly frames: Frame[] }> {
  const [socket] = await once(server, 'connection') as [WebSocket];
  const frames: Frame[] = [];
  socket.on('message', (bytes) => frames.push(fromBinary(FrameSchema, bytes as Buffer)));
  return { socket, frames };
}

function send(socket: WebSocket, envelope: NonNullable<NonNullable<MessageInitShape<typeof FrameSchema>['batches']>[number]['envelopes']>[number]): void {
  socket.send(toBinary(FrameSchema, create(FrameSchema, { batches: [{ envelopes: [envelope] }] })));
}

function joined(sequence: bigint): Parameters<typeof send>[1] {
  const value = { positions: [{ channel: 'b', epoch: 7n, sequence }] };
  return { body: { case: 'reply', value: { body: { case: 'joined', value } } } };
}

function joinsIn(frames: readonly Frame[]): number {
  return frames.flatMap(({ batches }) => batches.flatMap(({ envelopes }) => envelopes)).filter(({ body }) => body.case === 'command' && body.value.body.case === 'join').length;
}

describe('a wire subscriber', () => {
  it('sends its join again upon a second welcome, until it is answered', async () => {
    const connecting = accepted();
    void subscriber.run();
    const { socket, frames } = await connecting;
    send(socket, welcome);
    await waitFor(() => joinsIn(frames) === 1);
    // As when the Spine of the session died before it answered.
    send(socket, welcome);
    await waitFor(() => joinsIn(frames) === 2);
    expect(subscriber.hasJoined).toBe(false);
    expect(subscriber.stand).toContain('its join is not answered');
    send(socket, joined(3n));
    await waitFor(() => subscriber.hasJoined);
    expect(subscriber.stand).toMatch(/^at .*3.*, its join is answered/);
    send(socket, welcome);
    // A frame behind the welcome: what it led to would have come before the answer to this one's ping.
    socket.ping();
    await once(socket, 'pong');
    expect(joinsIn(frames)).toBe(2);
  });

  it('joins with its position on each new connection', async () => {
    const first = accepted();
    void subscriber.run();
    const { socket, frames } = await first;
    send(socket, welcome);
    await waitFor(() => joinsIn(frames) === 1);
    send(socket, joined(3n));
    await waitFor(() => subscriber.hasJoined);
    const second = accepted();
    socket.terminate();
    const next = await second;
    send(next.socket, welcome);
    await waitFor(() => joinsIn(next.frames) === 1);
    const [{ batches: [{ envelopes: [{ body }] }] }] = next.frames;
    expect(body).toMatchObject({ value: { body: { case: 'join', value: { room: 'verify', channel: 'b', resume: [{ channel: 'b', epoch: 7n, sequence: 3n }] } } } });
  });
});
