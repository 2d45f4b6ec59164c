import { writeFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createCertificate } from '../test/certificate.js';
import { RawClient } from '../test/raw-client.js';
import { numbered, TestServers, upTo } from '../test/recording-owner.js';
import type { TestCertificate } from '../test/certificate.js';
import type { StartTransport } from './transport.js';

/** TLS version that the handshake settles on, or the error's code. */
function handshake(options: ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', ...options }, () => {
      resolve(socket.getProtocol() ?? 'none');
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
  });
}

export function tlsContract(name: string, start: StartTransport): void {
  const servers = new TestServers(start);
  let certificate: TestCertificate;
  let other: TestCertificate;
  beforeAll(async () => {
    certificate = await createCertificate();
    other = await createCertificate();
  });
  afterEach(() => servers.closeAll());
  afterAll(() => Promise.all([certificate.remove(), other.remove()]));

  describe(`TLS on ${name}`, () => {
    it('speaks TLS 1.3 and refuses 1.2 and older (A6)', async () => {
      const { server } = await servers.run({ tls: certificate });
      const client = { port: server.port, ca: certificate.cert };
      expect(await handshake(client)).toBe('TLSv1.3');
      const refused = /^ERR_SSL_.*ALERT/;
      expect(await handshake({ ...client, maxVersion: 'TLSv1.2' })).toMatch(refused);
      expect(await handshake({ ...client, maxVersion: 'TLSv1.2', ciphers: 'ALL:@SECLEVEL=0' })).toMatch(refused);
      expect(await handshake({ ...client, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' })).toMatch(refused);
      expect(await handshake({ ...client, ca: other.cert })).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    });

    it('carries messages of all sizes both ways', async () => {
      const { owner, server } = await servers.run({ tls: certificate, maxBufferedBytes: 'unbounded' });
      owner.onMessage = (socket, bytes) => {
        socket.send(bytes);
      };
      const client = new WebSocket(`wss://localhost:${server.port}/`, ['arqon.v1'], { ca: certificate.cert });
      await new Promise((resolve) => client.once('open', resolve));
      const sizes = [4, 125, 126, 65_535, 65_536, 1_048_576];
      const received: number[] = [];
      const done = new Promise<void>((resolve) => {
        client.on('message', (data: Buffer) => {
          received.push(data.length);
          if (received.length === sizes.length) resolve();
        });
      });
      for (const sizeBytes of sizes) client.send(numbered(1, sizeBytes));
      await done;
      expect(received).toEqual(sizes);
      client.terminate();
    });

    it('keeps the order of publishes to a reader of normal speed', async () => {
      const { owner, server } = await servers.run({ tls: certificate, maxBufferedBytes: 4_194_304 });
      const client = await RawClient.open({ port: server.port, ca: certificate.cert, path: '/a' });
      (await owner.socket('/a')).subscribe('t');
      for (const number of upTo(1000)) server.publish('t', numbered(number, 1000));
      await client.waitForMessages(1000);
      expect(client.numbers).toEqual(upTo(1000));
      expect(owner.losses).toEqual([]);
    });

    it('does not start without a usable certificate', async () => {
      const broken = { ...certificate, certFile: `${certificate.certFile}.broken` };
      await expect(servers.run({ tls: broken })).rejects.toThrow(`cannot read ${broken.certFile}`);
      await writeFile(broken.certFile, 'no certificate');
      await expect(servers.run({ tls: broken })).rejects.toMatchObject({ code: 'INTERNAL' });
      const mixed = { certFile: certificate.certFile, keyFile: other.keyFile };
      await expect(servers.run({ tls: mixed })).rejects.toThrow('do not make a usable pair');
    });
  });
}
