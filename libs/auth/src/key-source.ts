import { open, stat } from 'node:fs/promises';

/** Where key sets come from. */
export type KeySourceOption = { readonly url: string } | { readonly file: string };

/** Most bytes of a key set that are read: 1 MiB. */
const keySetBytesMax = 1_048_576;

/** Reads the text of a key set. */
export interface KeySource {
  /** For logs: the URL without user, query and fragment, or the file's path. */
  readonly name: string;
  /** The text, or `unchanged` when that of the last read is still good and the caller has it. Raises Error for whatever keeps it from reading. */
  read(request: { readonly signal: AbortSignal; readonly holdsLast: boolean }): Promise<string | 'unchanged'>;
}

/** Opens a source. Raises TypeError when the URL is not http(s), or is http to another machine while that is not allowed. */
export function createKeySource(option: KeySourceOption, plainHttp: 'loopback' | 'anywhere'): KeySource {
  return 'url' in option ? createUrlSource(option.url, plainHttp) : createFileSource(option.file);
}

function createUrlSource(address: string, plainHttp: 'loopback' | 'anywhere'): KeySource {
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('the key set URL must be http or https');
  if (url.protocol === 'http:' && plainHttp === 'loopback' && !isLoopback(url.hostname)) {
    // Whoever stands between could hand out keys of their own, and with them any tenant.
    throw new TypeError('the key set URL must be https, or http on a loopback address');
  }
  return {
    name: `${url.origin}${url.pathname}`,
    async read({ signal }) {
      // A redirect could lead from the configured host to a plain or foreign one.
      const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/jwk-set+json, application/json' } });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`the key set endpoint answered ${response.status}`);
      }
      return readBounded(response.body ?? []);
    },
  };
}

function createFileSource(path: string): KeySource {
  let lastSeen = '';
  return {
    name: path,
    async read({ holdsLast }) {
      const found = await stat(path, { bigint: true });
      const seen = `${found.mtimeNs} ${found.ctimeNs} ${found.size} ${found.ino}`;
      if (holdsLast && seen === lastSeen) return 'unchanged';
      if (!found.isFile()) throw new Error('the key set is no regular file');
      const handle = await open(path);
      try {
        const text = await readBounded(handle.createReadStream({ autoClose: false }));
        lastSeen = seen;
        return text;
      } finally {
        await handle.close();
      }
    },
  };
}

async function readBounded(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let readBytes = 0;
  for await (const chunk of chunks) {
    readBytes += chunk.byteLength;
    if (readBytes > keySetBytesMax) throw new Error(`the key set is larger than ${keySetBytesMax} bytes`);
    parts.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
