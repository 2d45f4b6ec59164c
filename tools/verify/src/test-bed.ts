import { everyTopic, ServerProcess, type Settings } from '@arqonbus/e2e';
import { connect, type Bus } from '@arqonbus/sdk';
import { createTempFolder, createTestCertificate, createTestIssuer, waitFor, type TempFolder, type TestCertificate, type TestIssuer } from '@arqonbus/testkit';
import { randomBytes } from 'node:crypto';
import { FaultProxy } from './fault-proxy.js';
import type { Death } from './recorded-run.js';
import { startStore, type StartStore, type StoreUnderTest } from './store-server.js';
import type { VerifyOptions } from './verify-options.js';

/** A server process that the nemesis kills, restarts and stops. */
export interface Part {
  readonly kind: Death['part'];
  readonly name: string;
  pid(): number;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

const shieldCount = 2;
const restartTimeoutMs = 90_000;

/** History that no run outgrows, and windows short enough that clients come back at once. */
const spineTuning: Settings = {
  'history.max_events_count': '10000000', 'history.max_bytes': '1073741824', 'history.max_age_ms': '604800000', 'heartbeat_ms': '1000',
  'drain.timeout_ms': '1000', 'drain.reconnect_min_ms': '50', 'drain.reconnect_max_ms': '300', 'audit.sync': 'false',
};

/** The bus under test: two Shields, one or more Spines and the store as processes, and a fault proxy on every way between them. */
export class TestBed {
  readonly parts: readonly Part[];

  private constructor(
    private readonly issuer: TestIssuer,
    private readonly certificate: TestCertificate,
    private readonly folder: TempFolder,
    readonly store: StoreUnderTest,
    private readonly spines: readonly ServerProcess[],
    private readonly shields: readonly ServerProcess[],
    /** Between clients and Shields, Shields and Spines, Spines and store. */
    readonly proxies: Readonly<Record<'client' | 'link' | 'store', readonly FaultProxy[]>>,
  ) {
    const named = (kind: 'shield' | 'spine') => (server: ServerProcess, index: number): Part => appPart(kind, `${kind}-${String(index + 1)}`, server);
    const { server } = store;
    this.parts = [
      ...shields.map(named('shield')),
      ...spines.map(named('spine')),
      ...(server === undefined ? [] : [{ kind: 'store' as const, name: 'store', pid: () => server.pid, kill: () => server.kill(), restart: () => server.restart() }]),
    ];
  }

  /** Starts everything; resolves when clients can connect. What a failed start leaves ends with this process. */
  static async start({ store: storeName, spineCount }: Pick<VerifyOptions, 'store' | 'spineCount'>, start: StartStore = startStore): Promise<TestBed> {
    const [issuer, certificate] = await Promise.all([createTestIssuer(), createTestCertificate()]);
    const folder = createTempFolder('arqon-verify-');
    const auth = { 'auth.jwks_file': issuer.jwksFile, 'auth.issuer': issuer.issuer, 'auth.audience': issuer.audience, 'link.key': randomBytes(24).toString('hex'), 'admin.port': '0' };
    const store = await start(storeName, (name) => folder.file(name));
    const { server } = store;
    const storeProxies = server === undefined ? [] : await startProxies(spineCount, () => () => server.port);
    const spines = await Promise.all(counted(spineCount, (index) => ServerProcess.start('spine', {
      ...auth, ...spineTuning, 'node.id': `spine-${String(index + 1)}`, 'service.port': '0', 'link.port': '0', 'audit.file': folder.file(`spine-${String(index + 1)}-audit.jsonl`),
      ...store.settings(storeProxies.at(index)?.port ?? 0), ...(spineCount > 1 ? { 'history.spines': 'many' } : {}),
    })));
    const linkProxies = await startProxies(shieldCount * spineCount, (index) => () => spines[index % spineCount].ports.linkPort ?? 0);
    const shields = await Promise.all(counted(shieldCount, (index) => {
      const urls = linkProxies.slice(index * spineCount, (index + 1) * spineCount).map(({ port }) => `ws://127.0.0.1:${String(port)}`);
      // Each Shield begins with another Spine.
      const rotated = [...urls.slice(index % spineCount), ...urls.slice(0, index % spineCount)];
      return ServerProcess.start('shield', {
        ...auth, 'node.id': `shield-${String(index + 1)}`, 'listen.port': '0', 'tls.cert_file': certificate.certFile, 'tls.key_file': certificate.keyFile,
        'link.urls': rotated.join(','), 'drain.timeout_ms': '1000',
      });
    }));
    const clientProxies = await startProxies(shieldCount, (index) => () => shields[index].ports.clientPort ?? 0);
    const bed = new TestBed(issuer, certificate, folder, store, spines, shields, { client: clientProxies, link: linkProxies, store: storeProxies });
    await bed.ready();
    return bed;
  }

  /** Connects an SDK client to a Shield, through its fault proxy. */
  async connect(name: string, shieldIndex: number): Promise<Bus> {
    return connect({
      url: this.url(shieldIndex), ca: this.certificate.ca, getToken: () => this.token(name), name, connectTimeoutMs: 30_000, commandTimeoutMs: 60_000,
      reconnect: { minDelayMs: 20, maxDelayMs: 500 },
    });
  }

  url(shieldIndex: number): string {
    return `wss://127.0.0.1:${String(this.proxies.client[shieldIndex % shieldCount].port)}/`;
  }

  get ca(): string {
    return this.certificate.ca;
  }

  token(name: string): Promise<string> {
    return this.issuer.token({ ...everyTopic, sub: name });
  }

  /** Connects to the door for services of each Spine, past all proxies. */
  async connectToSpines(): Promise<{ readonly name: string; readonly bus: Bus }[]> {
    return Promise.all(this.spines.map(async (spine, index) => ({
      name: `spine-${String(index + 1)}`,
      bus: await connect({
        url: `ws://127.0.0.1:${String(spine.ports.servicePort)}/`, connectTimeoutMs: 30_000,
        getToken: () => this.issuer.token({ ...everyTopic, sub: 'reader', roles: ['service'] }),
      }),
    })));
  }

  /** Ends every network fault. */
  heal(): void {
    for (const proxy of this.allProxies) proxy.heal();
  }

  /** Resolves once every server says that it serves. */
  async ready(): Promise<void> {
    await Promise.all([...this.spines, ...this.shields].map((server) => server.ready()));
  }

  /** Log lines of the apps, for a report. */
  logs(): string {
    return [...this.spines, ...this.shields].map(({ log }) => log).join('\n');
  }

  /** Ends all processes, whatever state they are in, and removes all files. */
  async stop(): Promise<void> {
    const apps = [...this.shields, ...this.spines];
    await Promise.all(apps.filter(({ isAlive }) => isAlive).map((app) => app.stop('SIGKILL')));
    const { server } = this.store;
    if (server !== undefined) {
      signalPid(server.pid, 'SIGCONT');
      await server.stop();
    }
    await Promise.all(this.allProxies.map((proxy) => proxy.close()));
    await this.issuer.close();
    this.certificate.remove();
    this.folder.remove();
  }

  private get allProxies(): FaultProxy[] {
    return Object.values(this.proxies).flat();
  }
}

function counted<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function startProxies(count: number, targetPort: (index: number) => () => number): Promise<FaultProxy[]> {
  return Promise.all(counted(count, (index) => FaultProxy.start(targetPort(index))));
}

/** Signals a process that may be gone. */
export function signalPid(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function appPart(kind: 'shield' | 'spine', name: string, server: ServerProcess): Part {
  return {
    kind,
    name,
    pid: () => server.pid,
    kill: async () => {
      await server.stop('SIGKILL');
    },
    // A Spine may refuse to start while another fault keeps it from its store.
    restart: async () => {
      await waitFor(async () => {
        await server.restart();
        return true;
      }, { timeoutMs: restartTimeoutMs, intervalMs: 200, what: `${name} to start again` });
    },
  };
}
