import { writeFileSync } from 'node:fs';
import { generate } from 'selfsigned';
import { createTempFolder } from './temp-folder.js';

export interface TestCertificate {
  /** PEM files of the certificate (which is its own CA) and its private key, mode 0600. */
  readonly certFile: string;
  readonly keyFile: string;
  /** The certificate as PEM: what a client trusts as `ca`. */
  readonly ca: string;
  /** Removes the files. */
  remove(): void;
}

/** Makes an EC P-256 certificate for localhost, 127.0.0.1 and ::1. `validDays` (default 2) may be negative: it has expired then. */
export async function createTestCertificate(options: { readonly validDays?: number } = {}): Promise<TestCertificate> {
  const { validDays = 2 } = options;
  const folder = createTempFolder('arqon-certificate-');
  const dayMs = 86_400_000;
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 10 * dayMs),
    notAfterDate: new Date(Date.now() + validDays * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }, { type: 7, ip: '::1' }] },
    ],
  });
  const certFile = folder.file('cert.pem');
  const keyFile = folder.file('key.pem');
  writeFileSync(certFile, made.cert, { mode: 0o600 });
  writeFileSync(keyFile, made.private, { mode: 0o600 });
  return { certFile, keyFile, ca: made.cert, remove: () => folder.remove() };
}
