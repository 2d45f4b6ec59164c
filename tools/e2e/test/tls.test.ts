import { chmodSync } from 'node:fs';
import { connect, type SecureVersion } from 'node:tls';
import { createTestCertificate } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster, startApp } from '../src/index.js';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
});
afterAll(() => cluster.stop());

/** The version that a handshake with at most this one ends with. */
function handshake(maxVersion: SecureVersion, ca: string | undefined): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: cluster.shield.ports.clientPort ?? 0, minVersion: 'TLSv1.2', maxVersion, ...(ca === undefined ? {} : { ca }) });
    socket.once('secureConnect', () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('TLS of the Shield', () => {
  it('is version 1.3', async () => {
    expect(await handshake('TLSv1.3', cluster.ca)).toBe('TLSv1.3');
  });

  it('refuses version 1.2', async () => {
    await expect(handshake('TLSv1.2', cluster.ca)).rejects.toThrow(/alert|handshake|protocol|reset/i);
  });

  it('shows a certificate that only those trust who have its authority', async () => {
    await expect(handshake('TLSv1.3', undefined)).rejects.toMatchObject({ code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/) as string });
  });

  it('does not start with a private key that others may read', async () => {
    const certificate = await createTestCertificate();
    chmodSync(certificate.keyFile, 0o644);
    const start = startApp('shield', {
      'listen.port': '0', 'admin.port': '0', 'tls.cert_file': certificate.certFile, 'tls.key_file': certificate.keyFile, 'link.key': 'k'.repeat(32),
      'auth.jwks_file': cluster.issuer.jwksFile, 'auth.issuer': cluster.issuer.issuer, 'auth.audience': cluster.issuer.audience, 'link.urls': `ws://127.0.0.1:${String(cluster.spine.ports.linkPort)}`,
    });
    await expect(start).rejects.toThrow(/ended with 78[\s\S]*key/);
    certificate.remove();
  });
});
