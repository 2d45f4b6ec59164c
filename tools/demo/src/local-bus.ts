import { createTempFolder, createTestCertificate, createTestIssuer, startProcess, waitFor, type RunningProcess, type TestTokenOptions } from '@arqonbus/testkit';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const readyTimeoutMs = 20_000;
const nodeArgs = ['--conditions=@arqonbus/source', '--import', 'tsx/esm'];

/** A Spine and a Shield as two processes on free ports, with memory history and everything they write in a temporary folder. */
export interface LocalBus {
  /** Where clients connect, wss. */
  readonly url: string;
  /** PEM to trust. */
  readonly ca: string;
  readonly spinePid: number;
  /** Changes with each restart. */
  readonly shieldPid: () => number;
  token(claims: TestTokenOptions): Promise<string>;
  /** kill -9; resolves when the process is gone. */
  killShield(): Promise<void>;
  /** Starts the Shield again, on the port it had; resolves when it takes clients. */
  restartShield(): Promise<void>;
  /** Drains both and removes all files. */
  stop(): Promise<void>;
}

interface ShieldPorts {
  readonly clientUrl: string;
  readonly clientPort: number;
  readonly adminPort: number;
}

/** Starts both; resolves when a client can connect. */
export async function startLocalBus(): Promise<LocalBus> {
  const [issuer, certificate] = await Promise.all([createTestIssuer(), createTestCertificate()]);
  const folder = createTempFolder('arqon-demo-');
  const linkKey = randomBytes(32).toString('hex');
  const auth = (app: 'SPINE' | 'SHIELD'): Record<string, string> => ({
    [`ARQON_${app}_AUTH_JWKS_FILE`]: issuer.jwksFile,
    [`ARQON_${app}_AUTH_ISSUER`]: issuer.issuer,
    [`ARQON_${app}_AUTH_AUDIENCE`]: issuer.audience,
    [`ARQON_${app}_LINK_KEY`]: linkKey,
    [`ARQON_${app}_AUDIT_FILE`]: folder.file(`${app.toLowerCase()}-audit.jsonl`),
    [`ARQON_${app}_DRAIN_TIMEOUT_MS`]: '1000',
  });
  const spine = await startServer('spine', { ...auth('SPINE'), ARQON_SPINE_SERVICE_PORT: '0', ARQON_SPINE_LINK_PORT: '0', ARQON_SPINE_ADMIN_PORT: '0' });
  const { linkPort } = spine.output.messages[0] as { linkPort: number };
  const startShield = async (ports: Pick<ShieldPorts, 'clientPort' | 'adminPort'>): Promise<RunningProcess> => {
    const shield = await startServer('shield', {
      ...auth('SHIELD'),
      ARQON_SHIELD_LISTEN_PORT: String(ports.clientPort),
      ARQON_SHIELD_ADMIN_PORT: String(ports.adminPort),
      ARQON_SHIELD_TLS_CERT_FILE: certificate.certFile,
      ARQON_SHIELD_TLS_KEY_FILE: certificate.keyFile,
      ARQON_SHIELD_LINK_URLS: `ws://127.0.0.1:${linkPort}`,
    });
    const { adminPort } = portsOf(shield);
    await waitFor(async () => (await fetch(`http://127.0.0.1:${adminPort}/ready`)).ok, { timeoutMs: readyTimeoutMs, what: 'the Shield to reach the Spine' });
    return shield;
  };
  let shield = await startShield({ clientPort: 0, adminPort: 0 });
  const ports = portsOf(shield);
  return {
    url: ports.clientUrl,
    ca: certificate.ca,
    spinePid: spine.pid,
    shieldPid: () => shield.pid,
    token: (claims) => issuer.token(claims),
    killShield: async () => {
      await shield.stop('SIGKILL');
    },
    restartShield: async () => {
      shield = await startShield(ports);
    },
    stop: async () => {
      await Promise.all([stopServer(shield), stopServer(spine)]);
      await issuer.close();
      certificate.remove();
      folder.remove();
    },
  };
}

async function startServer(app: 'spine' | 'shield', env: Readonly<Record<string, string>>): Promise<RunningProcess> {
  const entry = fileURLToPath(new URL(`../../../apps/${app}/src/main.ts`, import.meta.url));
  return startProcess({
    args: [...nodeArgs, entry],
    env: { [`ARQON_${app.toUpperCase()}_LOG_LEVEL`]: 'warn', ...env },
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    readyWhen: ({ messages }) => messages.length > 0,
    readyTimeoutMs,
  });
}

function portsOf(shield: RunningProcess): ShieldPorts {
  return shield.output.messages[0] as ShieldPorts;
}

/** A process that was killed before has nothing to drain. */
async function stopServer(server: RunningProcess): Promise<void> {
  await server.stop('SIGTERM');
}
