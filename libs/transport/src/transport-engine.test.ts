import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../test/raw-client.js';
import { numbered, TestServers, upTo } from '../test/recording-owner.js';
import { nextTurn, until } from '../test/until.js';
import { engineBinaryName } from './engine-binary.js';
import { engineChecksums } from './engine-checksums.js';
import { transportContract } from './transport.contract.js';
import { startEngineTransport } from './transport-engine.js';
import type { TestServer, TestSocket } from '../test/recording-owner.js';

const binaryName = engineBinaryName({ platform: process.platform, arch: process.arch, abi: process.versions.modules });
const hasEngine = binaryName in engineChecksums;

describe.skipIf(!hasEngine)(`the engine${hasEngine ? '' : `, skipped: it has no binary ${binaryName}`}`, () => {
  transportContract('the engine', startEngineTransport);
});

interface NearlyFull extends TestServer {
  readonly slow: RawClient;
  readonly socket: TestSocket;
  /** Number of the next message. */
  readonly next: number;
}

/** A subscriber that does not read, with 2 to 4 KB left of its limit of 64 KiB. */
async function runNearlyFull(servers: TestServers): Promise<NearlyFull> {
  const run = await servers.run();
  const slow = await RawClient.open({ port: run.server.port, path: '/slow' });
  slow.socket.pause();
  const socket = await run.owner.socket('/slow');
  socket.subscribe('t');
  let next = 0;
  const publish = async (sizeBytes: number): Promise<void> => {
    run.server.publish('t', numbered(next, sizeBytes));
    next += 1;
    await nextTurn();
    await nextTurn();
  };
  while (socket.bufferedBytes === 0) await publish(60_000);
  while (socket.bufferedBytes < 62_000) await publish(500);
  expect(run.owner.losses).toEqual([]);
  return { ...run, slow, socket, next };
}

describe.skipIf(!hasEngine)('dropped() on the engine', () => {
  const servers = new TestServers(startEngineTransport);
  afterEach(() => servers.closeAll());

  it.each(['a send', 'a publish of 20,000 bytes'])('lets %s pass the messages that were lost before it in the turn', async (what) => {
    const { owner, server, slow, socket, next } = await runNearlyFull(servers);
    for (const index of upTo(10)) server.publish('t', numbered(next + index, 1000));
    expect(owner.losses).toEqual([]);
    if (what === 'a send') expect(socket.send(numbered(next + 10, 8))).toBe('buffered');
    else server.publish('t', numbered(next + 10, 20_000));
    expect(owner.losses.length).toBe(1);
    const firstLost = owner.losses[0].bytes.readUInt32BE(0);
    expect(firstLost).toBeGreaterThanOrEqual(next);
    expect(firstLost).toBeLessThan(next + 10);
    slow.socket.resume();
    await until('the passing message arrives', () => slow.numbers.at(-1) === next + 10);
    expect(slow.numbers).toEqual([...upTo(firstLost), next + 10]);
  });

  it('tells of a loss within the publish that finds it, 33rd of a turn, and once more for that publish', async () => {
    const { owner, server, next } = await runNearlyFull(servers);
    for (const index of upTo(32)) server.publish('t', numbered(next + index, 1000));
    expect(owner.losses).toEqual([]);
    server.publish('t', numbered(next + 32, 1000));
    expect(owner.losses.length).toBe(1);
    await until('the 33rd is lost too', () => owner.losses.length === 2);
    expect(owner.losses[1].bytes.readUInt32BE(0)).toBe(next + 32);
  });

  it('does not call the owner for pings and close frames that a full socket loses', async () => {
    const { owner, server, slow, socket, next } = await runNearlyFull(servers);
    owner.onMessage = (_socket, bytes) => {
      if (bytes[0] === 1) server.publish('t', numbered(next, 20_000_000));
      else socket.close(4008, 'reads too slowly');
    };
    slow.socket.cork();
    slow.send(Buffer.of(1));
    slow.send(Buffer.from('p'), { opcode: 9 });
    slow.send(Buffer.of(2));
    slow.socket.uncork();
    await until('the socket is closed', () => owner.closes.length === 1);
    slow.socket.resume();
    await until('the peer is cut', () => slow.isGone, 20_000);
    expect(slow.frames.every(({ opcode }) => opcode === 2)).toBe(true);
    expect(slow.numbers).toEqual(upTo(next + 1));
    expect(owner.losses).toEqual([]);
    expect(owner.closes[0].code).toBe(4008);
  });
});
