import type { Writable } from 'node:stream';
import type { Failure } from '../describe-failure.js';
import { exitCodes } from '../exit-codes.js';

/** What the command says: results on stdout, everything else on stderr. */
export class Output {
  constructor(
    private readonly stdout: Writable,
    private readonly stderr: Writable,
    /** True: one JSON object a line, on both. */
    readonly isJson: boolean,
  ) {}

  /** Writes a line of text, or in JSON mode the object. Resolves when the reader can take more. */
  async result(text: string, json: object): Promise<void> {
    await this.write(this.isJson ? toJson(json) : text);
  }

  /** Writes a line to stdout as it is. */
  async write(text: string): Promise<void> {
    await this.writeBytes(Buffer.from(`${text}\n`));
  }

  /** Writes bytes to stdout as they are. Resolves when the reader can take more. */
  async writeBytes(bytes: Uint8Array): Promise<void> {
    if (this.stdout.write(bytes)) return;
    await new Promise<void>((resolve) => {
      this.stdout.once('drain', () => resolve());
    });
  }

  /** Writes a remark to stderr. */
  note(text: string, json: object): void {
    this.stderr.write(`${this.isJson ? toJson(json) : `arqon: ${text}`}\n`);
  }

  /** Writes a line to stderr as it is. */
  relay(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  failure({ exit, code, message, next }: Failure): void {
    if (this.isJson) {
      this.stderr.write(`${toJson({ error: { code, message, ...(next === undefined ? {} : { next }), exitCode: exitCodes[exit].code } })}\n`);
      return;
    }
    this.stderr.write(`arqon: ${message} (${code})\n`);
    if (next !== undefined) this.stderr.write(`  ${next}\n`);
  }

  /** Resolves when everything written has left the process. */
  async flush(): Promise<void> {
    for (const stream of [this.stdout, this.stderr]) {
      await new Promise<void>((resolve) => {
        stream.write('', () => resolve());
      });
    }
  }
}

/** One line of JSON; numbers of 64 bits become text, because JSON readers round them. */
export function toJson(value: object): string {
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? one.toString() : one));
}
