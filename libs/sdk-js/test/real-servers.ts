import { createTempFolder, createTestCertificate, createTestIssuer, freePort, programArgs, startProcess, type RunningProcess, type TestTokenOptions } from '@arqonbus/testkit';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const source = (path: string): string => fileURLToPath(new URL(`../../../apps/${path}`, import.meta.url));

/** The real Spine and, in front of it, the real Shield. */
export interface RealServers {
  readonly spineUrl: string;
  readonly shieldUrl: string;
  readonly ca: string;
  token(options?: TestTokenOptions): Promise<string>;
  /** Kills the Shield without a chance to say anything and starts another on the same port. */
  restartShield(): Promise<void>;
  /** The same of the Spine. */
  restartSpine(): Promise<void>;
  stop(): Promise<void>;
}

function startApp(app: string, env: Record<string, string>): Promise<RunningProcess> {
  return startProcess({
    args: programArgs(source(`${app}/src/main.ts`)),
    env,
    readyWhen: (output) => output.messages.length > 0,
  });
}

export interface RealServersOptions {
  /** Origins of pages that may connect. */
  readonly origins?: readonly string[];
  /** True: history is kept in a file. */
  readonly isDurable?: boolean;
}

/** Starts both as processes of their own, on free ports. */
export async function startRealServers({ origins = [], isDurable = false }: RealServersOptions = {}): Promise<RealServers> {
  const [issuer, certificate, shieldPort] = await Promise.all([createTestIssuer(), createTestCertificate(), freePort()]);
  const folder = createTempFolder('arqon-sdk-');
  const linkKey = randomBytes(24).toString('hex');
  const auth = (app: string): Record<string, string> => ({
    [`ARQON_${app}_AUTH_JWKS_FILE`]: issuer.jwksFile, [`ARQON_${app}_AUTH_ISSUER`]: issuer.issuer, [`ARQON_${app}_AUTH_AUDIENCE`]: issuer.audience,
    [`ARQON_${app}_LINK_KEY`]: linkKey, [`ARQON_${app}_ADMIN_PORT`]: '0',
  });
  const startSpine = (servicePort: number, linkPort: number): Promise<RunningProcess> => startApp('spine', {
    ...auth('SPINE'), ARQON_SPINE_SERVICE_PORT: String(servicePort), ARQON_SPINE_LINK_PORT: String(linkPort), ARQON_SPINE_AUDIT_FILE: folder.file('audit.jsonl'),
    ...(isDurable ? { ARQON_SPINE_HISTORY_STORE: 'embedded', ARQON_SPINE_HISTORY_EMBEDDED_FILE: folder.file('history.db') } : {}),
  });
  let spine = await startSpine(await freePort(), await freePort());
  const ports = spine.output.messages[0] as { servicePort: number; linkPort: number };
  const startShield = (): Promise<RunningProcess> => startApp('shield', {
    ...auth('SHIELD'), ARQON_SHIELD_LISTEN_PORT: String(shieldPort), ARQON_SHIELD_TLS_CERT_FILE: certificate.certFile,
    ARQON_SHIELD_TLS_KEY_FILE: certificate.keyFile, ARQON_SHIELD_LINK_URLS: `ws://127.0.0.1:${ports.linkPort}`,
    ...(origins.length === 0 ? {} : { ARQON_SHIELD_ORIGINS: origins.join(',') }),
  });
  let shield = await startShield();
  return {
    spineUrl: `ws://127.0.0.1:${ports.servicePort}`,
    shieldUrl: `wss://127.0.0.1:${shieldPort}`,
    ca: certificate.ca,
    token: (options) => issuer.token({ publish: ['*', '@*'], subscribe: ['*'], ...options }),
    restartShield: async () => {
      await shield.stop('SIGKILL');
      shield = await startShield();
    },
    restartSpine: async () => {
      await spine.stop('SIGKILL');
      spine = await startSpine(ports.servicePort, ports.linkPort);
    },
    stop: async () => {
      await shield.stop();
      await spine.stop();
      await issuer.close();
      certificate.remove();
      folder.remove();
    },
  };
}
