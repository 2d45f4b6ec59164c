import { startPostgres, type PostgresServer } from '@arqonbus/services';
import { createTempFolder, waitFor, type TempFolder } from '@arqonbus/testkit';
import type { Bus } from '@arqonbus/sdk';
import { mkdirSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { Cluster, type ClusterOptions } from './cluster.js';
import { ServerProcess, type Settings } from './server-process.js';

/** Rooms of the Continuum contract, as docs/protocol.md names them. */
export const episodeRoom = 'continuum.episode.v1';
export const deadLetterRoom = 'continuum.episode.dlq.v1';

/** What a projector's token needs, and no more. */
const projectorRights = { roles: ['service'], subscribe: [episodeRoom, 'sys.calls:projector'], publish: [deadLetterRoom] } as const;

export interface ProjectionSystemOptions extends ClusterOptions {
  readonly tenants: readonly string[];
  /** Settings of every projector. */
  readonly projector?: Settings;
  /** Default postgres, a server of its own with fsync on; pglite is inside the projector, of which there can be one. */
  readonly database?: 'postgres' | 'pglite';
}

/** A bus, a database and any number of projectors between them, as processes of their own. */
export class ProjectionSystem {
  readonly projectors: ServerProcess[] = [];

  private constructor(
    readonly cluster: Cluster,
    private readonly folder: TempFolder,
    private readonly server: PostgresServer | undefined,
    private readonly options: ProjectionSystemOptions,
  ) {}

  /** Starts bus and database, and no projector; tokens of all tenants are there. */
  static async start(options: ProjectionSystemOptions): Promise<ProjectionSystem> {
    const folder = createTempFolder('arqon-projection-');
    const [cluster, server] = await Promise.all([Cluster.start(options), options.database === 'pglite' ? undefined : startServer()]);
    mkdirSync(folder.file('tokens'));
    const system = new ProjectionSystem(cluster, folder, server, options);
    for (const tenant of options.tenants) await system.giveToken(tenant);
    return system;
  }

  get postgres(): PostgresServer {
    if (this.server === undefined) throw new Error('this system has no PostgreSQL server');
    return this.server;
  }

  /** Writes the token that projectors use for the tenant. */
  async giveToken(tenant: string): Promise<void> {
    writeFileSync(this.tokenFile(tenant), await this.cluster.issuer.token({ ...projectorRights, tenant, sub: 'projector' }), { mode: 0o600 });
  }

  tokenFile(tenant: string): string {
    return this.folder.file(`tokens/${tenant}.jwt`);
  }

  /** Starts one more projector; resolves when it listens, not when it is ready. */
  async addProjector(settings: Settings = {}): Promise<ServerProcess> {
    const name = `projector-${String(this.projectors.length + 1)}`;
    const database: Settings = this.server === undefined
      ? { 'database.kind': 'pglite', 'database.folder': this.folder.file('database') }
      : { 'database.kind': 'postgres', 'database.url': this.server.url, 'database.ssl_mode': 'disable' };
    const projector = await ServerProcess.start('projector', {
      'node.id': name, 'admin.port': '0', 'bus.url': `ws://127.0.0.1:${String(this.cluster.spine.ports.servicePort)}/`, 'bus.token_dir': this.folder.file('tokens'),
      tenants: this.options.tenants.join(','), 'audit.file': this.folder.file(`${name}-audit.jsonl`), 'audit.sync': 'false', 'drain.timeout_ms': '5000',
      ...database, ...this.options.projector, ...settings,
    });
    this.projectors.push(projector);
    return projector;
  }

  /** Connects a producer of episodes of one tenant through the Shield. */
  agent(tenant: string, sub: string, options: Parameters<Cluster['bus']>[1] = {}): Promise<Bus> {
    return this.cluster.bus({ tenant, sub, publish: [episodeRoom], subscribe: [], capabilities: ['continuum.produce'] }, options);
  }

  /** Connects one that may read both rooms of a tenant, and call the projector. */
  operator(tenant: string): Promise<Bus> {
    return this.cluster.bus({ tenant, sub: 'operator', roles: ['admin'], publish: [], subscribe: [episodeRoom, deadLetterRoom] });
  }

  /** Runs one statement as the superuser, or as another role, over a connection of its own. Bigint columns come back as strings. */
  async sql<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = [], role?: string): Promise<Row[]> {
    const url = new URL(this.postgres.url);
    if (role !== undefined) url.username = role;
    const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 5_000, statement_timeout: 60_000 });
    // A server that is killed ends idle connections too; the statement tells of it.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends everything that was started, whatever state it is in. */
  async stop(): Promise<void> {
    for (const projector of this.projectors.filter(({ isAlive }) => isAlive)) {
      projector.signal('SIGCONT');
      await projector.stop('SIGKILL');
    }
    await this.cluster.stop();
    await this.server?.stop();
    this.folder.remove();
  }
}

/** Tries again where another process took the free port before the server did. */
function startServer(): Promise<PostgresServer> {
  return waitFor(() => startPostgres(), { timeoutMs: 60_000, intervalMs: 100, what: 'PostgreSQL to start' });
}
