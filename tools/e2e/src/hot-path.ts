import { within } from '@arqonbus/testkit';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

/** What a hot path is asked, a line of JSON each. */
export type HotPathRequest =
  | { readonly op: 'write'; readonly count: number }
  | { readonly op: 'offer'; readonly episode: object }
  | { readonly op: 'flush'; readonly timeoutMs: number };

/** What local writes took, the outbox included, in microseconds. */
export interface HotPathWrites {
  /** Episodes in the local store. */
  readonly stored: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

/** What became of one offered episode. */
export interface HotPathOffer {
  readonly accepted: boolean;
  readonly code?: string;
}

export type HotPathAnswer = HotPathWrites | HotPathOffer | { readonly flushed: boolean };

/** Settings of a hot path, as environment variables. */
export interface HotPathSettings {
  readonly ARQON_URL: string;
  readonly ARQON_TOKEN: string;
  readonly ARQON_TENANT: string;
  readonly ARQON_AGENT: string;
  /** File of its outbox. */
  readonly ARQON_OUTBOX: string;
}

const patienceMs = 60_000;

/** A program in any language that writes episodes to a store of its own and publishes them: the subject of the Reflex boundary suite. */
export class HotPath {
  private readonly lines: AsyncIterator<string>;
  private stderr = '';

  private constructor(private readonly child: ChildProcessWithoutNullStreams, reader: Interface) {
    this.lines = reader[Symbol.asyncIterator]();
    child.stderr.setEncoding('utf8').on('data', (text: string) => { this.stderr += text; });
  }

  /** Starts a command; resolves with its first line, which it writes whether or not there is a bus. */
  static async start(command: readonly string[], settings: HotPathSettings): Promise<HotPath> {
    const child = spawn(command[0], command.slice(1), { env: { ...process.env, FORCE_COLOR: '0', ...settings } });
    const hotPath = new HotPath(child, createInterface({ input: child.stdout }));
    await hotPath.next();
    return hotPath;
  }

  /** Lets it write so many episodes, one after the other. */
  write(count: number): Promise<HotPathWrites> {
    return this.ask({ op: 'write', count });
  }

  /** Offers one episode, which may be wrong. */
  offer(episode: object): Promise<HotPathOffer> {
    return this.ask({ op: 'offer', episode });
  }

  /** True once the bus has everything; false when it has not in time. */
  async flush(timeoutMs = patienceMs / 2): Promise<boolean> {
    return (await this.ask<{ readonly flushed: boolean }>({ op: 'flush', timeoutMs })).flushed;
  }

  /** Kills it without a chance to do anything. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  private async ask<Answer>(request: HotPathRequest): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    return JSON.parse(await this.next()) as Answer;
  }

  private async next(): Promise<string> {
    const line = await within(this.lines.next(), patienceMs, 'a line of the hot path');
    if (line.done === true) throw new Error(`the hot path ended: ${this.stderr}`);
    return line.value;
  }
}
