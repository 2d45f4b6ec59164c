import { createTempFolder, createTestIssuer, programArgs, RawWireClient, startProcess, type RunningProcess, type TestIssuer, type TestTokenOptions } from '@arqonbus/testkit';
import type { Frame } from '@arqonbus/proto';
import { randomBytes } from 'node:crypto';

const entry = new URL('../src/main.ts', import.meta.url);

/** `ARQON_TEST_CASIL=on` runs every test with content inspection on, as it is configured by default (E1). */
const casilForAll = process.env['ARQON_TEST_CASIL'] === 'on' ? { ARQON_SPINE_CASIL_ENABLED: 'true' } : {};

export interface RunningSpine {
  readonly issuer: TestIssuer;
  readonly process: RunningProcess;
  readonly serviceUrl: string;
  readonly linkUrl: string;
  readonly adminUrl: string;
  readonly linkKey: string;
  readonly auditFile: string;
  /** A client on the service door, its welcome read. */
  connect(token?: TestTokenOptions): Promise<RawWireClient>;
  stop(): Promise<void>;
}

/** Starts the real Spine as a process of its own, on free ports. It ends the issuer when it stops. */
export async function startSpineProcess(environment: Readonly<Record<string, string | undefined>> = {}, sharedIssuer?: TestIssuer, args: readonly string[] = []): Promise<RunningSpine> {
  const issuer = sharedIssuer ?? await createTestIssuer();
  const folder = createTempFolder('arqon-spine-');
  const linkKey = randomBytes(24).toString('hex');
  const auditFile = folder.file('audit.jsonl');
  const process = await startProcess({
    args: [...programArgs(entry), ...args],
    env: {
      ARQON_SPINE_SERVICE_PORT: '0', ARQON_SPINE_LINK_PORT: '0', ARQON_SPINE_ADMIN_PORT: '0', ARQON_SPINE_LINK_KEY: linkKey,
      ARQON_SPINE_AUTH_JWKS_FILE: issuer.jwksFile, ARQON_SPINE_AUTH_ISSUER: issuer.issuer, ARQON_SPINE_AUTH_AUDIENCE: issuer.audience,
      ARQON_SPINE_AUDIT_FILE: auditFile, ...casilForAll, ...environment,
    },
    readyWhen: (output) => output.messages.length > 0,
  });
  const ports = process.output.messages[0] as { servicePort: number; linkPort: number; adminPort: number };
  const serviceUrl = `ws://127.0.0.1:${String(ports.servicePort)}`;
  return {
    issuer, process, serviceUrl, linkKey, auditFile,
    linkUrl: `ws://127.0.0.1:${String(ports.linkPort)}`,
    adminUrl: `http://127.0.0.1:${String(ports.adminPort)}`,
    connect: async (token) => {
      const client = await RawWireClient.connect(serviceUrl, { token: await issuer.token(token) });
      await client.next(isWelcome);
      return client;
    },
    stop: async () => {
      await process.stop('SIGTERM');
      await issuer.close();
      folder.remove();
    },
  };
}

export function isWelcome(frame: Frame): boolean {
  return bodiesOf(frame).some((body) => body.case === 'signal' && body.value.body.case === 'welcome');
}

/** Bodies of all envelopes of a frame, in order. */
export function bodiesOf(frame: Frame): Frame['batches'][number]['envelopes'][number]['body'][] {
  return frame.batches.flatMap((batch) => batch.envelopes.map((envelope) => envelope.body));
}

export function newId(): Uint8Array {
  const id = new Uint8Array(randomBytes(16));
  id[6] = 0x70 | ((id[6] ?? 0) & 0x0f);
  return id;
}
