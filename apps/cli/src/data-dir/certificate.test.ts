import { createTempFolder } from '@arqonbus/testkit';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ensureCertificate } from './certificate.js';
import { DataDir } from './data-dir.js';

const dayMs = 86_400_000;
const nowMs = Date.parse('2026-06-01T00:00:00Z');

function newDataDir(): DataDir {
  const folder = createTempFolder('arqon-cli-');
  onTestFinished(() => folder.remove());
  const dataDir = new DataDir(folder.file('.arqon'));
  dataDir.prepare();
  return dataDir;
}

function read(path: string): X509Certificate {
  return new X509Certificate(readFileSync(path));
}

describe('ensureCertificate()', () => {
  it('makes an EC P-256 certificate for localhost, 127.0.0.1 and ::1, signed by its authority', async () => {
    const dataDir = newDataDir();
    expect(await ensureCertificate(dataDir, nowMs)).toBe('first');
    const leaf = read(dataDir.certFile);
    expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(leaf.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(read(dataDir.caFile)) && leaf.verify(read(dataDir.caFile).publicKey)).toBe(true);
    expect(Date.parse(leaf.validTo)).toBe(nowMs + 90 * dayMs);
  });

  it('closes the key to others and writes that of the authority nowhere', async () => {
    const dataDir = newDataDir();
    await ensureCertificate(dataDir, nowMs);
    expect(statSync(dataDir.keyFile).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir.path).mode & 0o777).toBe(0o700);
    expect(read(dataDir.certFile).checkPrivateKey(createPrivateKey(readFileSync(dataDir.keyFile)))).toBe(true);
    expect(readFileSync(dataDir.caFile, 'utf8')).not.toContain('PRIVATE');
  });

  it('keeps a certificate with 7 days left and renews one with less', async () => {
    const dataDir = newDataDir();
    await ensureCertificate(dataDir, nowMs);
    const first = read(dataDir.certFile).fingerprint256;
    expect(await ensureCertificate(dataDir, nowMs + 83 * dayMs)).toBeUndefined();
    expect(read(dataDir.certFile).fingerprint256).toBe(first);
    expect(await ensureCertificate(dataDir, nowMs + 83 * dayMs + 1_000)).toBe('expiring');
    expect(read(dataDir.certFile).fingerprint256).not.toBe(first);
  });

  it.each(['caFile', 'keyFile', 'certFile'] as const)('makes all anew when %s is of another certificate', async (file) => {
    const [dataDir, other] = [newDataDir(), newDataDir()];
    await ensureCertificate(dataDir, nowMs);
    await ensureCertificate(other, nowMs);
    writeFileSync(dataDir[file], readFileSync(other[file]));
    expect(await ensureCertificate(dataDir, nowMs)).toBe('unusable');
    expect(await ensureCertificate(dataDir, nowMs)).toBeUndefined();
  });

  it('makes all anew when a file is torn', async () => {
    const dataDir = newDataDir();
    await ensureCertificate(dataDir, nowMs);
    writeFileSync(dataDir.certFile, readFileSync(dataDir.certFile).subarray(0, 100));
    expect(await ensureCertificate(dataDir, nowMs)).toBe('unusable');
  });
});
