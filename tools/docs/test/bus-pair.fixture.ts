import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createTempFolder, createTestCertificate, createTestIssuer, programArgs, startProcess, waitFor, type RunningProcess, type TestIssuer } from '@arqonbus/testkit';
import { REPOSITORY_ROOT } from '../src/repository-root.js';

/** A Spine and a Shield as processes of their own, on free ports. */
export interface BusPair {
  readonly url: string;
  readonly caFile: string;
  /** Of the Spine's admin server. */
  readonly spineAdminUrl: string;
  readonly issuer: TestIssuer;
  stop(): Promise<void>;
}

function startApp(app: string, settings: Readonly<Record<string, string>>): Promise<RunningProcess> {
  const env = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`ARQON_${app}_${key.replaceAll('.', '_')}`.toUpperCase(), value]));
  return startProcess({
    args: programArgs(join(REPOSITORY_ROOT, 'apps', app, 'src/main.ts')),
    cwd: REPOSITORY_ROOT,
    env,
    readyWhen: (output) => output.messages.length > 0,
  });
}

/** Starts both and waits until the Shield takes clients; `spineSettings` are the Spine's besides. */
export async function startBusPair(spineSettings: Readonly<Record<string, string>> = {}): Promise<BusPair> {
  const [issuer, certificate] = await Promise.all([createTestIssuer(), createTestCertificate()]);
  const folder = createTempFolder('arqon-docs-');
  const linkKey = randomBytes(24).toString('hex');
  const auth = { 'auth.jwks_file': issuer.jwksFile, 'auth.issuer': issuer.issuer, 'auth.audience': issuer.audience, 'admin.port': '0', 'link.key': linkKey };
  const spine = await startApp('spine', { ...auth, 'service.port': '0', 'link.port': '0', 'audit.file': folder.file('audit.jsonl'), ...spineSettings });
  const { linkPort, adminPort: spineAdminPort } = spine.output.messages[0] as { linkPort: number; adminPort: number };
  const shield = await startApp('shield', {
    ...auth, 'listen.port': '0', 'link.urls': `ws://127.0.0.1:${linkPort}`, 'tls.cert_file': certificate.certFile, 'tls.key_file': certificate.keyFile,
  });
  const { clientPort, adminPort } = shield.output.messages[0] as { clientPort: number; adminPort: number };
  await waitFor(async () => (await fetch(`http://127.0.0.1:${adminPort}/ready`)).status === 200, { timeoutMs: 30_000, what: 'the Shield to be ready' });
  return {
    url: `wss://127.0.0.1:${clientPort}/`,
    caFile: certificate.certFile,
    spineAdminUrl: `http://127.0.0.1:${spineAdminPort}`,
    issuer,
    async stop() {
      await shield.stop('SIGTERM');
      await spine.stop('SIGTERM');
      await issuer.close();
      certificate.remove();
      folder.remove();
    },
  };
}
