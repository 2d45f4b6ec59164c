import { connect, type Bus } from '@arqonbus/sdk';
import { createTempFolder, createTestIssuer, startProcess, type RunningProcess, type TempFolder, type TestIssuer, type TestTokenOptions } from '@arqonbus/testkit';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../spine/src/main.ts', import.meta.url));

/** What the token of a projector needs, and no more. */
export const projectorRights = { sub: 'projector', roles: ['service'], subscribe: ['continuum.episode.v1', 'sys.calls:projector'], publish: ['continuum.episode.dlq.v1'] } as const;
/** One that may call operations. */
export const adminRights = { sub: 'root', roles: ['admin'], subscribe: ['continuum.episode.v1'] } as const;
/** One that writes episodes. */
export const producerRights = { sub: 'agent', capabilities: ['continuum.produce'], publish: ['continuum.episode.v1'], subscribe: ['continuum.episode.v1'] } as const;

/** The real Spine as a process of its own on free ports; history is in memory unless `settings` say otherwise. */
export class RealBus {
  private readonly clients: Bus[] = [];

  private constructor(private readonly process: RunningProcess, readonly issuer: TestIssuer, readonly url: string, private readonly folder: TempFolder) {}

  static async start(settings: (folder: TempFolder) => Readonly<Record<string, string>> = () => ({})): Promise<RealBus> {
    const [issuer, folder] = [await createTestIssuer(), createTempFolder('arqon-projector-')];
    const process = await startProcess({
      args: ['--conditions=@arqonbus/source', '--import', 'tsx/esm', entry],
      env: {
        ARQON_SPINE_SERVICE_PORT: '0', ARQON_SPINE_LINK_PORT: '0', ARQON_SPINE_ADMIN_PORT: '0', ARQON_SPINE_LINK_KEY: randomBytes(24).toString('hex'),
        ARQON_SPINE_AUTH_JWKS_FILE: issuer.jwksFile, ARQON_SPINE_AUTH_ISSUER: issuer.issuer, ARQON_SPINE_AUTH_AUDIENCE: issuer.audience,
        ARQON_SPINE_AUDIT_FILE: folder.file('audit.jsonl'), ...settings(folder),
      },
      readyWhen: (output) => output.messages.length > 0,
      readyTimeoutMs: 30_000,
    });
    const { servicePort } = process.output.messages[0] as { servicePort: number };
    return new RealBus(process, issuer, `ws://127.0.0.1:${String(servicePort)}`, folder);
  }

  /** The lines of its audit log. */
  audit(): Readonly<Record<string, unknown>>[] {
    return readFileSync(this.folder.file('audit.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async connect(claims: TestTokenOptions): Promise<Bus> {
    const bus = await connect({ url: this.url, getToken: () => this.issuer.token(claims), reconnect: { minDelayMs: 20, maxDelayMs: 200 } });
    this.clients.push(bus);
    return bus;
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await this.process.stop('SIGKILL');
    await this.issuer.close();
    this.folder.remove();
  }
}
