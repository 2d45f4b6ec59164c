import type { IncomingMessage, ServerResponse } from 'node:http';

/** Methods that an admin route may have; GET answers HEAD too. */
export type AdminMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What a handler is told of the request. */
export interface AdminRequest {
  readonly method: AdminMethod;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON body, undefined when there is none. */
  readonly body: unknown;
  /** `operator` on a control route, else `anonymous`. */
  readonly actor: 'operator' | 'anonymous';
}

/** What a handler answers; the body goes out as indented JSON. */
export interface AdminResponse {
  readonly status: number;
  readonly body: unknown;
}

/** A further route of an app. */
export interface AdminRoute {
  readonly method: AdminMethod;
  /** Exact path, such as `/sessions`. */
  readonly path: string;
  /** An ArqonError becomes an answer with its code; anything else a 500 that tells nothing. */
  readonly handler: (request: AdminRequest) => AdminResponse | Promise<AdminResponse>;
  /** True: needs the operator key and writes audit records; without a configured key the route does not exist. */
  readonly control: boolean;
}

/** An answer that a handler may throw: status, code and text for people. */
export class AdminRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** Largest body of a request, in bytes. */
const MAX_BODY_BYTES = 65_536;

/** Writes an answer as indented JSON of the given status. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  const text = `${JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value), 2)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Collects the body. Leaves the request intact when it is too large, so that the refusal can still be sent. */
function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= MAX_BODY_BYTES) return;
      request.off('data', onData);
      reject(new AdminRefusal(413, 'LIMIT', `The body exceeds ${MAX_BODY_BYTES} bytes.`, { connection: 'close' }));
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('aborted', () => reject(new AdminRefusal(400, 'INVALID_ARGUMENT', 'The body ended early.')));
  });
}

/** Reads and parses a JSON body of at most 64 KiB. @throws AdminRefusal 413 or 400. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBody(request);
  if (bytes.length === 0) return undefined;
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    return parsed;
  } catch {
    throw new AdminRefusal(400, 'INVALID_ARGUMENT', 'The body is not JSON.');
  }
}
