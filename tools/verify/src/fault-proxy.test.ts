import { waitFor } from '@arqonbus/testkit';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultProxy } from './fault-proxy.js';

let echo: Server;
let proxy: FaultProxy;
const sockets: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => { echo.listen(0, '127.0.0.1', resolve); });
  proxy = await FaultProxy.start(() => (echo.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await proxy.close();
  await new Promise<void>((resolve) => { echo.close(() => { resolve(); }); });
});

interface Client {
  readonly socket: Socket;
  received: string;
  isClosed: boolean;
}

function open(): Client {
  const socket = connect(proxy.port, '127.0.0.1');
  const client: Client = { socket, received: '', isClosed: false };
  socket.setEncoding('utf8').on('data', (text: string) => { client.received += text; });
  socket.on('error', () => undefined);
  socket.on('close', () => { client.isClosed = true; });
  sockets.push(socket);
  return client;
}

describe('FaultProxy', () => {
  it('passes bytes both ways, many of them, and the end', async () => {
    const client = open();
    const sent = 'x'.repeat(6_000_000);
    client.socket.end(sent);
    await waitFor(() => client.isClosed, { what: 'the end' });
    expect(client.received.length).toBe(sent.length);
  });

  it('cuts: connections are reset, new ones are taken', async () => {
    const client = open();
    client.socket.write('before');
    await waitFor(() => client.received === 'before');
    proxy.cut();
    await waitFor(() => client.isClosed);
    expect(proxy.connectionCount).toBe(0);
    const next = open();
    next.socket.write('after');
    await waitFor(() => next.received === 'after');
  });

  it('refuses until healed', async () => {
    proxy.refuse();
    const refused = open();
    await waitFor(() => refused.isClosed);
    proxy.heal();
    const taken = open();
    taken.socket.write('x');
    await waitFor(() => taken.received === 'x');
  });

  it('stalls one direction: what was sent has arrived, the answer waits until healed, in order', async () => {
    const client = open();
    client.socket.write('1');
    await waitFor(() => client.received === '1');
    proxy.stall('down');
    const reached = new Promise<void>((resolve) => { echo.once('connection', () => { resolve(); }); });
    client.socket.write('2');
    client.socket.write('3');
    const other = open();
    other.socket.write('other');
    await reached;
    expect([client.received, other.received]).toEqual(['1', '']);
    proxy.heal();
    await waitFor(() => client.received === '123' && other.received === 'other');
  });

  it('delays each direction', async () => {
    const client = open();
    client.socket.write('1');
    await waitFor(() => client.received === '1');
    proxy.delayMs = 60;
    const startedMs = performance.now();
    client.socket.write('2');
    await waitFor(() => client.received === '12');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(119);
  });
});
