import { freePort, isProcessAlive, programArgs, startProcess, waitFor, type ProcessExit, type RunningProcess } from '@arqonbus/testkit';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type App = 'spine' | 'shield' | 'projector';

/** Settings by key, such as `limits.idle_ms`; undefined leaves the default. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** What a server says when it listens; a Shield has `clientPort`, a Spine the other two, a projector none besides. */
interface Ports {
  readonly adminPort: number;
  readonly clientPort?: number;
  readonly servicePort?: number;
  readonly linkPort?: number;
}

const readyTimeoutMs = 90_000;

/** The environment that carries the settings to an app. */
export function environmentOf(app: App, settings: Settings): Record<string, string | undefined> {
  const prefix = `ARQON_${app.toUpperCase()}_`;
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [prefix + key.replaceAll('.', '_').toUpperCase(), value]));
}

/** Starts an app from its sources; resolves when it listens, rejects with its output when it ends before. */
export async function startApp(app: App, settings: Settings): Promise<RunningProcess> {
  return startProcess({
    args: programArgs(new URL(`../../../apps/${app}/src/main.ts`, import.meta.url)),
    env: { ARQON_PARENT_PID: String(process.pid), ...environmentOf(app, { 'log.level': 'warn', ...settings }) },
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    readyWhen: ({ messages }) => messages.length > 0,
    readyTimeoutMs,
  });
}

/** A Shield, Spine or projector as a process that tests stop, kill and start again; it keeps its ports over restarts. */
export class ServerProcess {
  private running: RunningProcess;

  private constructor(readonly app: App, private readonly settings: Settings, first: RunningProcess) {
    this.running = first;
  }

  /** A port 0 in the settings becomes one that stays free while the process does not run. */
  static async start(app: App, settings: Settings): Promise<ServerProcess> {
    const fixed = Object.fromEntries(await Promise.all(Object.entries(settings).map(async ([key, value]): Promise<[string, string | undefined]> =>
      [key, value === '0' && key.endsWith('.port') ? String(await freePort()) : value])));
    return new ServerProcess(app, fixed, await startApp(app, fixed));
  }

  get pid(): number {
    return this.running.pid;
  }

  get ports(): Ports {
    return this.running.output.messages[0] as Ports;
  }

  /** Standard output and error so far: log lines. */
  get log(): string {
    return this.running.output.stdout + this.running.output.stderr;
  }

  /** Ends when the process ends. */
  get exited(): Promise<ProcessExit> {
    return this.running.exited;
  }

  /** False once the process is gone. */
  get isAlive(): boolean {
    return isProcessAlive(this.pid);
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Sends the signal and waits for the end. */
  stop(signal: NodeJS.Signals = 'SIGTERM', timeoutMs = 20_000): Promise<ProcessExit> {
    return this.running.stop(signal, timeoutMs);
  }

  /** Starts again on the same ports, after stop(). */
  async restart(): Promise<void> {
    this.running = await startApp(this.app, this.settings);
  }

  /** Resident memory. */
  residentBytes(): number {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(this.pid)}/status`, 'utf8'));
    return Number(found?.[1]) * 1_024;
  }

  async admin(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${String(this.ports.adminPort)}${path}`);
    return { status: response.status, text: await response.text() };
  }

  /** Waits until the process says that it serves. */
  async ready(): Promise<void> {
    await waitFor(async () => (await this.admin('/ready')).status === 200, { timeoutMs: readyTimeoutMs, what: `the ${this.app} to be ready` });
  }

  /** Value of the first metric whose line begins so; NaN when there is none. */
  async metric(start: string): Promise<number> {
    const { text } = await this.admin('/metrics');
    const line = text.split('\n').find((candidate) => candidate.startsWith(start));
    return line === undefined ? Number.NaN : Number(line.slice(line.lastIndexOf(' ') + 1));
  }
}
