import { loadSettings } from '@arqonbus/config';
import type { RawEvent } from '@arqonbus/sdk';
import { startPostgres, type PostgresServer } from '@arqonbus/services';
import { openDatabase, type DatabaseOptions } from '@arqonbus/storage-postgres';
import { createLogger } from '@arqonbus/telemetry';
import { createTempFolder, startProcess, waitFor, type RunningProcess, type TempFolder } from '@arqonbus/testkit';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { startProjector } from '../src/compose.js';
import type { RunningProjector } from '../src/projector.js';
import { projectorSettings } from '../src/settings.js';
import { producerRights, projectorRights, type RealBus } from './real-bus.js';

const run = promisify(execFile);

type Settings = Readonly<Record<string, string>>;
/** What runs the statements of a transaction. */
type SqlRunner = Parameters<Parameters<Awaited<ReturnType<typeof openDatabase>>['transaction']>[1]>[0];

const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A projector in this process: the same composition as that of the entry point. */
export class ProjectorUnderTest {
  private ended: Promise<string> | undefined;

  constructor(private readonly running: RunningProjector, private readonly log: PassThrough) {}

  private get adminUrl(): string {
    return `http://127.0.0.1:${String(this.running.ports().adminPort)}`;
  }

  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(this.adminUrl + path);
    return { status: response.status, text: await response.text() };
  }

  async readiness(): Promise<{ readonly state: string; readonly reasons: readonly string[] }> {
    return JSON.parse((await this.get('/ready')).text) as { state: string; reasons: string[] };
  }

  /** Value of the first metric whose line begins so. */
  async metric(start: string): Promise<number> {
    const line = (await this.get('/metrics')).text.split('\n').find((candidate) => candidate.startsWith(start)) ?? '';
    return Number(line.slice(line.lastIndexOf(' ') + 1));
  }

  partitionsHeld(): Promise<number> {
    return this.metric('arqon_projector_partitions_held');
  }

  /** Drains, once; resolves with what it logged. */
  stop(): Promise<string> {
    this.ended ??= this.end();
    return this.ended;
  }

  private async end(): Promise<string> {
    await this.running.drain();
    this.log.end();
    return text(this.log);
  }
}

/** A PostgreSQL and a folder of tokens, for projectors of one bus. */
export class ProjectionUnderTest {
  private readonly running = new Set<{ stop(): Promise<unknown> }>();
  private count = 0;

  private constructor(readonly bus: RealBus, readonly postgres: PostgresServer, private readonly folder: TempFolder) {}

  static async start(bus: RealBus): Promise<ProjectionUnderTest> {
    const folder = createTempFolder('arqon-projection-');
    mkdirSync(folder.file('tokens'));
    return new ProjectionUnderTest(bus, await startPostgres({ fsync: false }), folder);
  }

  async giveToken(tenant: string): Promise<void> {
    writeFileSync(this.folder.file(`tokens/${tenant}.jwt`), `${await this.bus.issuer.token({ ...projectorRights, tenant })}\n`);
  }

  /** Publishes events as a producer of the tenant; resolves once the bus has them. */
  async publish(tenant: string, events: readonly RawEvent[]): Promise<void> {
    const producer = await this.bus.connect({ ...producerRights, tenant });
    await producer.publishMany('continuum.episode.v1', events);
    await producer.close();
  }

  /** Starts a projector that ends with the test. */
  async addForTest(tenants: readonly string[], settings: Settings = {}): Promise<ProjectorUnderTest> {
    const projector = await this.addProjector(tenants, settings);
    onTestFinished(async () => { await projector.stop(); });
    return projector;
  }

  /** The settings of one more projector, as its environment. */
  private environment(tenants: readonly string[], settings: Settings): Record<string, string> {
    this.count += 1;
    const all: Settings = {
      'node.id': `projector-${String(this.count)}`, tenants: tenants.join(','), 'bus.url': this.bus.url, 'bus.token_dir': this.folder.file('tokens'),
      'database.kind': 'postgres', 'database.url': this.postgres.url, 'database.ssl_mode': 'disable', 'database.connect_timeout_ms': '2000', 'admin.port': '0',
      'audit.file': this.folder.file(`audit-${String(this.count)}.jsonl`), 'audit.sync': 'false', 'projection.retry_max_ms': '300', ...settings,
    };
    return Object.fromEntries(Object.entries(all).map(([key, value]) => [`ARQON_PROJECTOR_${key.replaceAll('.', '_').toUpperCase()}`, value]));
  }

  /** Starts a projector in this process. */
  async addProjector(tenants: readonly string[], settings: Settings = {}): Promise<ProjectorUnderTest> {
    const log = new PassThrough({ highWaterMark: 1 << 24 });
    const logger = createLogger({ service: 'projector', nodeId: 'test', version: '0', level: 'DEBUG', destination: log });
    const running = await startProjector(loadSettings(projectorSettings, { environment: this.environment(tenants, settings) }), '0', logger);
    const projector = new ProjectorUnderTest(running, log);
    this.running.add(projector);
    return projector;
  }

  /** Starts a projector as a process of its own. */
  async addProcess(tenants: readonly string[], settings: Settings = {}): Promise<RunningProcess> {
    const child = await startProcess({
      args: ['--conditions=@arqonbus/source', '--import', 'tsx/esm', entry], env: this.environment(tenants, settings),
      readyWhen: ({ messages }) => messages.length > 0, readyTimeoutMs: 60_000,
    });
    this.running.add({ stop: () => child.stop('SIGKILL') });
    return child;
  }

  /** Rows of a tenant by a statement that has `$1` for it. */
  rows<Row extends object>(tenantId: string, statement: string): Promise<readonly Row[]> {
    return this.inTransaction(tenantId, (sql) => sql.query<Row>(statement, [tenantId]));
  }

  /** Does something while the row of one episode of the tenant is locked, so that nobody else writes it. */
  whileRowIsHeld(tenantId: string, work: () => Promise<void>): Promise<void> {
    return this.inTransaction(tenantId, async (sql) => {
      await sql.query('SELECT 1 FROM arqon.episode WHERE tenant_id = $1 ORDER BY episode_id LIMIT 1 FOR UPDATE', [tenantId]);
      await work();
    });
  }

  private async inTransaction<Result>(tenantId: string, work: (sql: SqlRunner) => Promise<Result>): Promise<Result> {
    const database: DatabaseOptions = {
      kind: 'postgres', url: this.postgres.url, password: undefined, sslMode: 'disable', caFile: undefined, maxConnections: 2, connectTimeoutMs: 2_000, statementTimeoutMs: 10_000,
    };
    const opened = await openDatabase({ database, migrate: false });
    try {
      return await opened.transaction(tenantId, work);
    } finally {
      await opened.close();
    }
  }

  /** Carries out a statement as the superuser. */
  async execute(statement: string): Promise<void> {
    await run(join(this.postgres.binFolder, 'psql'), ['--no-psqlrc', '--set', 'ON_ERROR_STOP=1', '--dbname', this.postgres.url, '--command', statement]);
  }

  /** Waits until so many rows are there; 30 s. */
  async untilRows(tenantId: string, count: number, table = 'episode'): Promise<void> {
    const statement = table === 'episode' ? 'SELECT count(*)::int AS n FROM arqon.episode WHERE tenant_id = $1' : 'SELECT count(*)::int AS n FROM arqon.dead_letter WHERE tenant_id = $1';
    await waitFor(async () => (await this.rows<{ n: number }>(tenantId, statement))[0].n === count, { timeoutMs: 30_000, intervalMs: 100, what: `${String(count)} rows in ${table}` });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running].map((each) => each.stop()));
    await this.postgres.stop();
    this.folder.remove();
  }
}
