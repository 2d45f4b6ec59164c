import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Characters of a secret that stand in one of its pieces: enough that no other text has them by chance. */
const pieceLength = 12;

function randomText(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** Secrets made for one run of a test, and every form in which they might leak. */
export class Canary {
  /** As GitHub makes them. */
  readonly token = `ghp_${randomText(36)}`;
  /** Known for a secret by the name of its field alone. */
  readonly password = randomText(24);
  private readonly forms: ReadonlyMap<string, string>;

  constructor() {
    this.forms = new Map([...formsOf('token', this.token.slice(4)), ...formsOf('password', this.password)]);
  }

  /** Names of the forms of the secrets that stand in a text, pieces of them included. */
  leaksIn(text: string): string[] {
    return [...this.forms].filter(([, form]) => text.includes(form)).map(([name]) => name);
  }
}

function* formsOf(name: string, secret: string): Generator<[string, string]> {
  for (let at = 0; at + pieceLength <= secret.length; at += pieceLength) {
    const piece = secret.slice(at, at + pieceLength);
    yield [`${name} from ${String(at)}`, piece];
    yield [`${name} from ${String(at)} in percents`, escaped(piece, (hex) => `%${hex}`)];
    yield [`${name} from ${String(at)} in JSON escapes`, escaped(piece, (hex) => String.raw`\u00${hex}`)];
    yield [`${name} from ${String(at)} in hex`, escaped(piece, (hex) => hex)];
  }
  for (const offset of [0, 1, 2]) {
    // What does not depend on the neighbours of the secret.
    const encoded = Buffer.from(' '.repeat(offset) + secret).toString('base64');
    yield [`${name} in base64 at ${String(offset)}`, encoded.slice(offset === 0 ? 0 : 4, Math.floor((offset + secret.length) / 3) * 4)];
  }
}

function escaped(text: string, escape: (hex: string) => string): string {
  return [...Buffer.from(text)].map((byte) => escape(byte.toString(16).padStart(2, '0'))).join('');
}

/** A collector of traces (OTLP over HTTP) that keeps what it is sent. */
export class TraceCollector {
  private received = '';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TraceCollector> {
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => { collector.received += chunk.toString('latin1'); });
      request.on('end', () => { response.end(); });
    });
    const collector = new TraceCollector(server);
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/v1/traces`;
  }

  /** All bytes of all requests, one character each. */
  get text(): string {
    return this.received;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
