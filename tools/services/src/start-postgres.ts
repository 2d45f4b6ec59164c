import { freePort } from '@arqonbus/testkit';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync } from 'node:fs';
import { chmod, chown, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findPostgres, unprivilegedUser, type PostgresBinaries } from './postgres-binaries.js';
import { spawnServer, type ServerProcess } from './spawn-server.js';

const execute = promisify(execFile);
const maxPortAttempts = 5;
const initTimeoutMs = 60_000;
const stopGraceMs = 30_000;

/** What may differ from one start to the next. */
export interface PostgresSettings {
  /** Whether commits wait for the disk; default true. Without it a kill loses nothing, a loss of power may. */
  readonly fsync?: boolean;
  /** Further arguments of `postgres`, e.g. `-c`, `max_connections=50`. */
  readonly args?: readonly string[];
}

export interface StartPostgresOptions extends PostgresSettings {
  /** Default: a free one. */
  readonly port?: number;
  /** Where its data and its unix socket are; it is then kept. Default: a temporary folder, which `stop` removes. */
  readonly folder?: string;
  /** PEM files of a server certificate: connections by TCP must then use TLS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Core to stay on, where `taskset` exists. */
  readonly core?: number;
  /** How long to wait until it takes connections; default 30,000 (after a kill it recovers first). */
  readonly readyTimeoutMs?: number;
}

/** A running PostgreSQL on loopback. Whoever connects from this machine and knows the generated name is its superuser. */
export interface PostgresServer {
  /** Of the database `postgres`, as the superuser. */
  readonly url: string;
  readonly port: number;
  /** Holds the unix socket too: the `host` of libpq for a connection without TCP. */
  readonly folder: string;
  /** Of the postmaster that runs now. */
  readonly pid: number;
  /** E.g. `15.18`. */
  readonly version: string;
  /** Where pg_dump, pg_restore and psql of this version are. */
  readonly binFolder: string;
  /** Name of the superuser. */
  readonly user: string;
  /** Makes an empty database and gives its URL. */
  createDatabase(name: string): Promise<string>;
  /** Ends the postmaster and all its children by SIGKILL, as a crash of the machine's software does; the folder stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port and folder, ending it first (connections are cut) if it runs; other settings may be given. */
  restart(changes?: PostgresSettings): Promise<void>;
  /** Last 8 KiB that it wrote. */
  recentOutput(): string;
  /** Ends it, cutting connections, and removes a temporary folder. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL from 15 on with an own cluster, as an unprivileged user where this process is root's. Raises `ToolMissingError` without one,
 * `Error` with its output when it does not come up.
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const binaries = await findPostgres();
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'arqonbus-postgres-')));
  const files = new ClusterFiles(folder, binaries, unprivilegedUser());
  for (let attempt = 1; ; attempt += 1) {
    const running = new RunningPostgres(files, options.port ?? (await freePort()), binaries, options);
    try {
      await files.prepare(options.tls);
      await running.start();
      return running;
    } catch (error) {
      // Another process may take a port that was free when it was looked for.
      const wasTaken = options.port === undefined && attempt < maxPortAttempts && running.recentOutput().includes('Address already in use');
      await (wasTaken ? running.kill() : running.stop());
      if (!wasTaken) throw error;
    }
  }
}

/** Folder of a cluster: `data`, the name of its superuser, and the copies of a certificate that its user may read. */
class ClusterFiles {
  constructor(
    readonly folder: string,
    private readonly binaries: PostgresBinaries,
    readonly owner: { readonly uid: number; readonly gid: number } | undefined,
  ) {}

  get data(): string {
    return join(this.folder, 'data');
  }

  get superuser(): string {
    return readFileSync(join(this.folder, 'superuser'), 'utf8');
  }

  get certificate(): { readonly certFile: string; readonly keyFile: string } {
    return { certFile: join(this.folder, 'server.crt'), keyFile: join(this.folder, 'server.key') };
  }

  async prepare(tls: StartPostgresOptions['tls']): Promise<void> {
    if (this.owner !== undefined) chownSync(this.folder, this.owner.uid, this.owner.gid);
    if (!existsSync(join(this.data, 'PG_VERSION'))) await this.initialise();
    // Trust is of this machine alone, and with a certificate only through TLS.
    const host = tls === undefined ? 'host' : 'hostssl';
    await this.write('data/pg_hba.conf', `local all all trust\n${host} all all 127.0.0.1/32 trust\n`);
    if (tls === undefined) return;
    await this.own(tls.certFile, this.certificate.certFile);
    await this.own(tls.keyFile, this.certificate.keyFile);
  }

  private async initialise(): Promise<void> {
    const superuser = `arqon_${randomBytes(6).toString('hex')}`;
    const args = [
      '--pgdata', this.data, '--username', superuser, '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-sync', '--no-instructions',
    ];
    await execute(join(this.binaries.folder, 'initdb'), args, { cwd: this.folder, timeout: initTimeoutMs, ...this.owner });
    await this.write('superuser', superuser);
  }

  private async write(name: string, text: string): Promise<void> {
    const file = join(this.folder, name);
    await writeFile(file, text, { mode: 0o600 });
    if (this.owner !== undefined) await chown(file, this.owner.uid, this.owner.gid);
  }

  private async own(source: string, target: string): Promise<void> {
    await copyFile(source, target);
    await chmod(target, 0o600);
    if (this.owner !== undefined) await chown(target, this.owner.uid, this.owner.gid);
  }
}

class RunningPostgres implements PostgresServer {
  private server: ServerProcess | undefined;
  private settings: PostgresSettings;

  constructor(
    private readonly files: ClusterFiles,
    readonly port: number,
    private readonly binaries: PostgresBinaries,
    private readonly options: StartPostgresOptions,
  ) {
    this.settings = options;
  }

  get folder(): string {
    return this.files.folder;
  }

  get user(): string {
    return this.files.superuser;
  }

  get url(): string {
    return this.urlOf('postgres');
  }

  get pid(): number {
    return this.server?.pid ?? 0;
  }

  get version(): string {
    return this.binaries.version;
  }

  get binFolder(): string {
    return this.binaries.folder;
  }

  async start(): Promise<void> {
    const { fsync = true, args = [] } = this.settings;
    const { certFile, keyFile } = this.files.certificate;
    const tls = this.options.tls === undefined ? [] : ['ssl=on', `ssl_cert_file=${certFile}`, `ssl_key_file=${keyFile}`];
    const values = [
      'listen_addresses=127.0.0.1', `port=${this.port}`, `unix_socket_directories=${this.folder}`, `fsync=${fsync ? 'on' : 'off'}`, 'logging_collector=off', ...tls,
    ];
    this.server = spawnServer({
      command: join(this.binaries.folder, 'postgres'),
      cwd: this.folder,
      args: ['-D', this.files.data, ...values.flatMap((value) => ['-c', value]), ...args],
      ...(this.options.core === undefined ? {} : { core: this.options.core }),
      ...(this.files.owner === undefined ? {} : { user: this.files.owner }),
    });
    await this.waitUntilReady(this.server, this.options.readyTimeoutMs ?? 30_000);
  }

  async createDatabase(name: string): Promise<string> {
    const args = ['--host', this.folder, '--port', String(this.port), '--username', this.user, '--no-password', name];
    await execute(join(this.binaries.folder, 'createdb'), args, { cwd: this.folder });
    return this.urlOf(name);
  }

  async kill(): Promise<void> {
    const { server } = this;
    if (server === undefined || hasEnded(server)) return;
    // Stopped first, so that it starts no child while they are counted.
    server.child.kill('SIGSTOP');
    const children = childrenOf(server.pid);
    server.child.kill('SIGKILL');
    for (const pid of children) killUnlessGone(pid);
    await server.ended;
    // A child that is still there holds the shared memory, and the next start would be refused.
    while (children.some(isRunning)) await delay(5);
  }

  async restart(changes: PostgresSettings = {}): Promise<void> {
    await this.end('SIGINT');
    this.settings = { ...this.settings, ...changes };
    await this.start();
  }

  recentOutput(): string {
    return this.server?.recentOutput() ?? '';
  }

  async stop(): Promise<void> {
    const isKept = this.options.folder !== undefined;
    // Nothing needs a checkpoint in a folder that goes.
    await this.end(isKept ? 'SIGINT' : 'SIGQUIT');
    if (!isKept) await rm(this.folder, { recursive: true, force: true });
  }

  private urlOf(database: string): string {
    return `postgres://${this.user}@127.0.0.1:${this.port}/${encodeURIComponent(database)}`;
  }

  private async end(how: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    const { server } = this;
    if (server === undefined || hasEnded(server)) return;
    server.child.kill(how);
    const timer = setTimeout(() => void this.kill(), stopGraceMs);
    await server.ended;
    clearTimeout(timer);
  }

  private async waitUntilReady(server: ServerProcess, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline && !hasEnded(server)) {
      if (await isReady(join(this.files.data, 'postmaster.pid'), server.pid)) return;
      await Promise.race([delay(10), server.ended]);
    }
    const why = hasEnded(server) ? await server.ended : `waited ${timeoutMs} ms`;
    throw new Error(`postgres did not become ready (${why}): ${server.recentOutput()}`);
  }
}

function hasEnded(server: ServerProcess): boolean {
  return server.child.exitCode !== null || server.child.signalCode !== null || server.pid === 0;
}

/** The postmaster keeps its state in the eighth line of its file, whose first line is its process id. */
async function isReady(pidFile: string, pid: number): Promise<boolean> {
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  // Where there is no /proc the children end by themselves as soon as they find their postmaster gone.
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split(' ').filter((word) => word !== '').map(Number);
}

function isRunning(pid: number): boolean {
  try {
    // A zombie that nobody reaps holds nothing any more.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function killUnlessGone(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
