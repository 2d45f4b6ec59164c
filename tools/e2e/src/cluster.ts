import { connect, type Bus, type ConnectOptions } from '@arqonbus/sdk';
import {
  createTempFolder, createTestCertificate, createTestIssuer, RawWireClient, type RawWireClientOptions, type TestCertificate, type TestIssuer, type TestTokenOptions,
} from '@arqonbus/testkit';
import { randomBytes } from 'node:crypto';
import { ServerProcess, type Settings } from './server-process.js';
import { startClusterStore, type ClusterStore, type ClusterStoreName } from './cluster-store.js';
import { WireSession } from './wire-session.js';

/** Claims that permit every topic that a client may have. */
export const everyTopic = { publish: ['*', '@*'], subscribe: ['*'] } as const;

/** `ARQON_TEST_CASIL=on` runs every test with content inspection on, as it is configured by default (E1). */
const casilForAll: Settings = process.env['ARQON_TEST_CASIL'] === 'on' ? { 'casil.enabled': 'true' } : {};

export interface ClusterOptions {
  readonly spine?: Settings;
  readonly shield?: Settings;
  /** Number of Shields in front of the Spines. Default 1. */
  readonly shieldCount?: number;
  /** Number of Spines; more than one needs redis or jetstream. Default 1. */
  readonly spineCount?: number;
  /** Where history is kept. Default memory. */
  readonly store?: ClusterStoreName;
  /** Where the servers get their keys. Default: the issuer's file. */
  readonly keys?: (issuer: TestIssuer) => Promise<Settings>;
}

/**
 * Spines, the store that they share and the Shields in front of them, as processes on free ports of loopback, with TLS. By default one Spine with
 * memory history. Each Shield knows all Spines, and prefers the one of its own number.
 */
export class Cluster {
  private readonly clients: (() => unknown)[] = [];

  private constructor(
    readonly issuer: TestIssuer,
    readonly certificate: TestCertificate,
    readonly spines: readonly ServerProcess[],
    readonly store: ClusterStore,
    readonly shields: readonly ServerProcess[],
    private readonly folder: { remove(): void },
  ) {}

  /** Starts all processes; resolves when clients can connect. */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const [issuer, certificate] = await Promise.all([createTestIssuer(), createTestCertificate()]);
    const folder = createTempFolder('arqon-e2e-');
    const keys = options.keys === undefined ? { 'auth.jwks_file': issuer.jwksFile } : await options.keys(issuer);
    const common = { ...keys, 'auth.issuer': issuer.issuer, 'auth.audience': issuer.audience, 'link.key': randomBytes(24).toString('hex'), 'admin.port': '0', 'drain.timeout_ms': '1000' };
    const store = await startClusterStore(options.store ?? 'memory', folder);
    const spineCount = options.spineCount ?? 1;
    const spines = await Promise.all(Array.from({ length: spineCount }, (_, index) => ServerProcess.start('spine', {
      ...common, 'node.id': `spine-${String(index + 1)}`, 'service.port': '0', 'link.port': '0', 'audit.file': folder.file(`spine-${String(index + 1)}-audit.jsonl`), 'audit.sync': 'false',
      ...(spineCount > 1 ? { 'history.spines': 'many' } : {}), ...store.settings, ...casilForAll, ...options.spine,
    })));
    const shields = await Promise.all(Array.from({ length: options.shieldCount ?? 1 }, (_, index) => ServerProcess.start('shield', {
      ...common, 'node.id': `shield-${String(index + 1)}`, 'listen.port': '0', 'tls.cert_file': certificate.certFile, 'tls.key_file': certificate.keyFile,
      'link.urls': linkUrls(spines, index), ...options.shield,
    })));
    const cluster = new Cluster(issuer, certificate, spines, store, shields, folder);
    await Promise.all(shields.map((shield) => shield.ready()));
    return cluster;
  }

  /** The first Spine. */
  get spine(): ServerProcess {
    return this.spines[0];
  }

  get shield(): ServerProcess {
    return this.shields[0];
  }

  get ca(): string {
    return this.certificate.ca;
  }

  /** Where clients connect; `index` names the Shield. */
  url(index = 0): string {
    return `wss://127.0.0.1:${String(this.shields[index].ports.clientPort)}/`;
  }

  token(options: TestTokenOptions = {}): Promise<string> {
    return this.issuer.token({ ...everyTopic, ...options });
  }

  /** Connects an SDK client; it is closed with the cluster. */
  async bus(claims: TestTokenOptions, options: Partial<ConnectOptions> & { readonly shieldIndex?: number } = {}): Promise<Bus> {
    const { shieldIndex = 0, ...rest } = options;
    const bus = await connect({ url: this.url(shieldIndex), ca: this.ca, getToken: () => this.token(claims), reconnect: { minDelayMs: 20, maxDelayMs: 300 }, ...rest });
    this.clients.push(() => bus.close());
    return bus;
  }

  /** Opens a WebSocket as the options say, and sends no token of its own. */
  async raw(options: RawWireClientOptions = {}): Promise<RawWireClient> {
    const client = await RawWireClient.connect(this.url(), { ca: this.ca, ...options });
    this.clients.push(() => { client.terminate(); });
    return client;
  }

  /** Opens a session without the SDK; resolves with its welcome read. */
  async session(claims: TestTokenOptions = {}): Promise<WireSession> {
    return WireSession.open(await this.raw({ token: await this.token(claims) }));
  }

  /** The same with a token made before, for very many sessions of one client. */
  async sessionWith(token: string): Promise<WireSession> {
    return WireSession.open(await this.raw({ token }));
  }

  /** Closes clients, ends the processes that still run, removes all files. */
  async stop(): Promise<void> {
    await Promise.all(this.clients.splice(0).map((close) => close()));
    const alive = [...this.shields, ...this.spines].filter((server) => server.isAlive);
    // A process that a failed test left stopped would not end.
    for (const server of alive) server.signal('SIGCONT');
    await Promise.all(alive.map((server) => server.stop()));
    await this.store.stop();
    await this.issuer.close();
    this.certificate.remove();
    this.folder.remove();
  }
}

/** The links of all Spines, those of the Shield's own number first. */
function linkUrls(spines: readonly ServerProcess[], shieldIndex: number): string {
  const first = shieldIndex % spines.length;
  return [...spines.slice(first), ...spines.slice(0, first)].map((spine) => `ws://127.0.0.1:${String(spine.ports.linkPort)}`).join(',');
}
