import { PassThrough } from 'node:stream';
import { loadSettings } from '@arqonbus/config';
import { createLogger } from '@arqonbus/telemetry';
import { createTestCertificate, createTestIssuer, RawWireClient, waitFor, type RawWireClientOptions, type TestCertificate, type TestIssuer } from '@arqonbus/testkit';
import { shieldSettings, startShield, type RunningShield } from '../src/index.js';
import { linkKey, ScriptedSpine } from './scripted-spine.js';

/** A Shield in this process with its certificate, issuer and scripted Spine. */
export class ShieldHarness {
  readonly logs: string[] = [];
  readonly clients: RawWireClient[] = [];

  private constructor(
    readonly shield: RunningShield,
    readonly spine: ScriptedSpine,
    readonly issuer: TestIssuer,
    readonly certificate: TestCertificate,
  ) {}

  /** Starts all of it; settings by key. */
  static start(settings: Readonly<Record<string, string | undefined>> = {}, options: { readonly spine?: ScriptedSpine } = {}): Promise<ShieldHarness> {
    return ShieldHarness.startWith(() => Promise.resolve(settings), options);
  }

  /** As start(), with settings that depend on the issuer. */
  static async startWith(
    settingsFor: (issuer: TestIssuer) => Promise<Readonly<Record<string, string | undefined>>>, options: { readonly spine?: ScriptedSpine } = {},
  ): Promise<ShieldHarness> {
    const [issuer, certificate, spine] = await Promise.all([createTestIssuer(), createTestCertificate(), options.spine ?? ScriptedSpine.start()]);
    const environment = environmentOf({
      'listen.port': '0', 'admin.port': '0', 'tls.cert_file': certificate.certFile, 'tls.key_file': certificate.keyFile,
      'auth.jwks_file': issuer.jwksFile, 'auth.issuer': issuer.issuer, 'auth.audience': issuer.audience, 'link.key': linkKey, 'link.urls': spine.url,
      origins: 'https://app.example', ...(await settingsFor(issuer)),
    });
    const destination = new PassThrough();
    const logger = createLogger({ service: 'shield', nodeId: 'test', version: '0', level: 'DEBUG', destination });
    const shield = await startShield(loadSettings(shieldSettings, { environment }), '0.0.0', logger);
    const harness = new ShieldHarness(shield, spine, issuer, certificate);
    destination.on('data', (chunk: Buffer) => harness.logs.push(chunk.toString()));
    return harness;
  }

  get log(): string {
    return this.logs.join('');
  }

  /** Waits until the Shield is ready to take clients. */
  async ready(): Promise<this> {
    await waitFor(async () => (await this.admin('/ready')).status === 200, { what: 'readiness' });
    return this;
  }

  async admin(path: string): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${String(this.shield.adminPort)}${path}`);
    return { status: response.status, text: await response.text() };
  }

  /** The first value of a metric whose line begins so. */
  async metric(start: string): Promise<number> {
    const { text } = await this.admin('/metrics');
    const line = text.split('\n').find((one) => one.startsWith(start));
    return line === undefined ? Number.NaN : Number(line.slice(line.lastIndexOf(' ') + 1));
  }

  /** Connects with a good token unless told otherwise. */
  async connect(options: RawWireClientOptions & { readonly path?: string } = {}): Promise<RawWireClient> {
    const { path = '/', ...rest } = options;
    const token = 'token' in options || options.subprotocols !== undefined ? {} : { token: await this.issuer.token({ subscribe: ['*'], publish: ['*'] }) };
    const client = await RawWireClient.connect(`wss://127.0.0.1:${String(this.shield.clientPort)}${path}`, { ca: this.certificate.ca, ...token, ...rest });
    this.clients.push(client);
    return client;
  }

  /** Connects a client that has its welcome; gives its session id too. */
  async session(options: RawWireClientOptions = {}): Promise<{ client: RawWireClient; id: bigint }> {
    const client = await this.connect(options);
    const opened = await this.spine.next('openSession');
    await client.next();
    return { client, id: opened.value.session };
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.terminate();
    await this.shield.drain();
    await this.spine.close();
    await this.issuer.close();
    this.certificate.remove();
  }
}

/** Environment variables of settings given by key. */
export function environmentOf(settings: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`ARQON_SHIELD_${key.replaceAll('.', '_').toUpperCase()}`, value]));
}
