import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createTestCertificate } from './create-test-certificate.js';
import { freePort } from './free-port.js';
import { startProcess } from './start-process.js';
import { createTempFolder } from './temp-folder.js';

describe('createTempFolder()', () => {
  it('makes a private folder and removes it with its content', () => {
    const folder = createTempFolder();
    writeFileSync(folder.file('a.txt'), 'a');
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    folder.remove();
    folder.remove();
    expect(existsSync(folder.path)).toBe(false);
  });

  it('removes the folder when the process exits', async () => {
    const script = `const { createTempFolder } = await import(${JSON.stringify(new URL('./temp-folder.ts', import.meta.url).href)}); console.log(createTempFolder().path);`;
    const running = await startProcess({ args: ['--import', 'tsx/esm', '--input-type=module', '-e', script] });
    // The channel keeps a process alive only once it listens for messages, so this one ends by itself.
    expect(await running.exited).toEqual({ code: 0, signal: null });
    const path = running.output.stdout.trim();
    expect(path).toMatch(/arqon-test-/);
    expect(existsSync(path)).toBe(false);
  });
});

describe('freePort()', () => {
  it('gives a port that can be listened on', async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(server.address()).toMatchObject({ port });
    await new Promise((resolve) => server.close(resolve));
  });

  it('gives another one each time, below those of outgoing connections', async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    expect(new Set(ports).size).toBe(3);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });
});

describe('createTestCertificate()', () => {
  it('names localhost and the loopback addresses and keeps its key private', async () => {
    const made = await createTestCertificate();
    const certificate = new X509Certificate(readFileSync(made.certFile));
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(statSync(made.keyFile).mode & 0o777).toBe(0o600);
    made.remove();
    expect(existsSync(made.keyFile)).toBe(false);
  });

  it('makes an expired one', async () => {
    const made = await createTestCertificate({ validDays: -1 });
    expect(Date.parse(new X509Certificate(made.ca).validTo)).toBeLessThan(Date.now());
    made.remove();
  });
});
