import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A child process that runs a fixture from its sources, with what it wrote so far. */
export interface RunningFixture {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves when the output holds the text; rejects when the process ends before. */
  waitFor(text: string): Promise<void>;
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
}

/** Options of runFixture(). */
export interface FixtureOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Shell line to run first, such as `ulimit -f 2`. */
  readonly setUp?: string;
  readonly ipc?: boolean;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Starts `test/fixtures/<name>` under Node with the sources' condition; always with both output streams captured. */
export function runFixture(name: string, options: FixtureOptions = {}): RunningFixture {
  const command = ['--conditions=@arqonbus/source', '--import', 'tsx/esm', `test/fixtures/${name}`, ...(options.args ?? [])];
  const child = spawn('bash', ['-c', `${options.setUp ?? ':'}; exec "$0" "$@"`, process.execPath, ...command], {
    cwd: root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc === true ? (['ipc'] as const) : [])],
  });
  let output = '';
  const listeners = new Set<() => void>();
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const ended = [child.stdout, child.stderr].map((stream) => new Promise((resolve) => stream?.once('close', resolve)));
  const gone = new Promise<number | string>((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')));
  // Not the event `close` of the child: it does not come when the IPC channel was disconnected from this side.
  const exited = Promise.all([gone, ...ended]).then(([outcome]) => outcome);
  const waitFor = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!output.includes(text)) return;
        listeners.delete(check);
        resolve();
      };
      listeners.add(check);
      void exited.then(() => reject(new Error(`The fixture ended before it wrote ${text}: ${output}`)));
      check();
    });
  return { child, output: () => output, waitFor, exited };
}
