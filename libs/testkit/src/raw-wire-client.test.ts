import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { create, toBinary } from '@bufbuild/protobuf';
import { FrameSchema } from '@arqonbus/proto';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { createTestCertificate } from './create-test-certificate.js';
import { RawWireClient, UpgradeRefused } from './raw-wire-client.js';

const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A TLS server that hands every upgraded socket to `onSocket`, and refuses `/refused` with 401. */
async function serve(onSocket: (socket: WebSocket, authorization: string | undefined) => void): Promise<{ url: string; ca: string }> {
  const certificate = await createTestCertificate();
  const server = createServer({ cert: readFileSync(certificate.certFile), key: readFileSync(certificate.keyFile), minVersion: 'TLSv1.3' });
  const sockets = new WebSocketServer({
    server,
    verifyClient: ({ req }, done) => done(req.url !== '/refused', 401, undefined, { 'x-why': 'test' }),
  });
  sockets.on('connection', (socket, request) => onSocket(socket, request.headers.authorization));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => certificate.remove(), () => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `wss://127.0.0.1:${address.port}`, ca: certificate.ca };
}

function frameOf(room: string): Uint8Array {
  return toBinary(FrameSchema, create(FrameSchema, { batches: [{ room }] }));
}

describe('RawWireClient.connect()', () => {
  it('trusts the given certificate, offers the subprotocol and sends the token as a header', async () => {
    let seen: string | undefined;
    const { url, ca } = await serve((_socket, authorization) => { seen = authorization; });
    const client = await RawWireClient.connect(url, { ca, token: 'abc' });
    expect(client.subprotocol).toBe('arqon.v1');
    expect(seen).toBe('Bearer abc');
    expect(await client.close()).toEqual({ code: 1000, reason: '' });
  });

  it('rejects with the status of a refused upgrade', async () => {
    const { url, ca } = await serve(() => undefined);
    const failure: unknown = await RawWireClient.connect(`${url}/refused`, { ca }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UpgradeRefused);
    expect(failure).toMatchObject({ status: 401, headers: { 'x-why': 'test' } });
  });

  it('rejects a certificate that it was not told to trust', async () => {
    const { url } = await serve(() => undefined);
    await expect(RawWireClient.connect(url)).rejects.toThrow(/self-signed/);
  });

  it('rejects when nobody answers within the bound', async () => {
    const { url } = await serve(() => undefined);
    await expect(RawWireClient.connect(url.replace('wss', 'ws'), { timeoutMs: 200 })).rejects.toThrow();
  });
});

describe('RawWireClient', () => {
  it('takes a frame that came with the upgrade and frames by predicate', async () => {
    const { url, ca } = await serve((socket) => {
      for (const room of ['one', 'two', 'three']) socket.send(frameOf(room));
    });
    const client = await RawWireClient.connect(url, { ca });
    expect((await client.next((frame) => frame.batches[0]?.room === 'two')).batches).toHaveLength(1);
    expect((await client.next()).batches[0]?.room).toBe('one');
    expect((await client.next()).batches[0]?.room).toBe('three');
    expect(client.receivedCount).toBe(3);
    expect(client.receivedBytes).toBe(['one', 'two', 'three'].reduce((sum, room) => sum + frameOf(room).byteLength, 0));
    await client.close();
  });

  it('sends frames, bytes and text as they are', async () => {
    const { url, ca } = await serve((socket) => {
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) socket.send(data);
        else socket.close(4400, 'text');
      });
    });
    const client = await RawWireClient.connect(url, { ca });
    await client.sendFrame({ batches: [{ room: 'plans', channel: 'main' }] });
    expect((await client.next()).batches[0]?.channel).toBe('main');
    await client.sendBytes(frameOf('raw'));
    expect((await client.next()).batches[0]?.room).toBe('raw');
    await client.sendText('hello');
    expect(await client.closed).toEqual({ code: 4400, reason: 'text' });
    await expect(client.next()).rejects.toThrow('4400 text');
  });

  it('ends the queue at a message that is no frame', async () => {
    const { url, ca } = await serve((socket) => socket.send(Uint8Array.of(0xff, 0xff)));
    const client = await RawWireClient.connect(url, { ca });
    await expect(client.next()).rejects.toThrow('no Frame');
    client.terminate();
    expect((await client.closed).code).toBe(1006);
  });

  it('ends the queue at a text message', async () => {
    const { url, ca } = await serve((socket) => socket.send('text'));
    const client = await RawWireClient.connect(url, { ca });
    await expect(client.next()).rejects.toThrow('no Frame');
    client.terminate();
  });

  it('receives nothing while paused and everything after', async () => {
    const { url, ca } = await serve((socket) => {
      socket.on('message', (data: Buffer) => socket.send(data));
    });
    const client = await RawWireClient.connect(url, { ca });
    client.pause();
    await client.sendBytes(frameOf('late'));
    await expect(client.next(undefined, 50)).rejects.toThrow('waited 50 ms');
    client.resume();
    expect((await client.next()).batches[0]?.room).toBe('late');
    expect(client.bufferedBytes).toBe(0);
    await client.close();
  });

  it('cuts a connection whose other side never closes', async () => {
    const { url, ca } = await serve((socket) => socket.pause());
    const client = await RawWireClient.connect(url, { ca });
    expect((await client.close(1000, 50)).code).toBe(1006);
  });
});
