import { X509Certificate, createPrivateKey } from 'node:crypto';
import { generate } from 'selfsigned';
import type { DataDir } from './data-dir.js';
import { readTextFile, writePrivateFile } from './private-file.js';

const dayMs = 86_400_000;
const validDays = 90;
const renewDays = 7;

/** Why a certificate was made: `first`, or what was wrong with the one before. */
export type CertificateReason = 'first' | 'expiring' | 'unusable';

/**
 * Sees to a certificate for localhost, 127.0.0.1 and ::1, made anew when there is none, when it ends within 7 days or when its
 * files do not belong together. Returns why one was made, or undefined when the present one serves on.
 *
 * Each certificate has an authority of its own, whose private key is never written: who trusts the authority
 * trusts this one certificate and no other.
 */
export async function ensureCertificate(dataDir: DataDir, nowMs: number): Promise<CertificateReason | undefined> {
  const reason = reasonToMake(dataDir, nowMs);
  if (reason === undefined) return undefined;
  const made = await makeCertificate(nowMs);
  writePrivateFile(dataDir.keyFile, made.key);
  writePrivateFile(dataDir.certFile, made.cert);
  writePrivateFile(dataDir.caFile, made.ca);
  return reason;
}

function reasonToMake(dataDir: DataDir, nowMs: number): CertificateReason | undefined {
  const ca = readTextFile(dataDir.caFile);
  const cert = readTextFile(dataDir.certFile);
  const key = readTextFile(dataDir.keyFile);
  if (ca === undefined && cert === undefined && key === undefined) return 'first';
  if (ca === undefined || cert === undefined || key === undefined) return 'unusable';
  try {
    const leaf = new X509Certificate(cert);
    const authority = new X509Certificate(ca);
    const namesServer = leaf.checkHost('localhost') !== undefined && leaf.checkIP('127.0.0.1') !== undefined && leaf.checkIP('::1') !== undefined;
    if (!namesServer || !leaf.verify(authority.publicKey) || !leaf.checkPrivateKey(createPrivateKey(key))) return 'unusable';
    const endsMs = Math.min(Date.parse(leaf.validTo), Date.parse(authority.validTo));
    return endsMs - nowMs < renewDays * dayMs ? 'expiring' : undefined;
  } catch {
    // Not PEM, or no certificate: a new one takes its place.
    return 'unusable';
  }
}

async function makeCertificate(nowMs: number): Promise<{ readonly ca: string; readonly cert: string; readonly key: string }> {
  const validity = { notBeforeDate: new Date(nowMs - dayMs), notAfterDate: new Date(nowMs + validDays * dayMs) };
  const kind = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
  const authority = await generate([{ name: 'commonName', value: 'ArqonBus local authority' }], {
    ...kind, ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...kind, ...validity,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }, { type: 7, ip: '::1' }] },
    ],
  });
  return { ca: authority.cert, cert: leaf.cert, key: leaf.private };
}
