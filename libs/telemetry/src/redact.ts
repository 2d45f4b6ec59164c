/** What takes the place of a value whose key names a secret. */
const REDACTED = '[redacted]';
const MAX_DEPTH = 8;
const MAX_ENTRIES = 100;
/** Longest text that is scanned, and longest that is kept, in UTF-16 units. */
const MAX_SCANNED_CHARS = 65_536;
const MAX_KEPT_CHARS = 8_192;

const SECRET_KEY_NAME =
  /token|authorization|passw|passphrase|secret|cookie|credential|bearer|payload|keymaterial|(?:private|signing|operator|api|access|encryption|shared|link|admin|session|master|hmac)key/;
const SECRET_KEY_NAMES_WHOLE = new Set(['jwt', 'jwk', 'jwe', 'pem', 'auth', 'pass', 'pwd', 'keypem', 'tlskey']);
/** A number under such a name is a limit or a count, not a secret (`token_bytes: 8192`). */
const QUANTITY_SUFFIX = /(?:bytes|ms|us|seconds|count|total|at)$/;
/** The place of a secret is not the secret (`operator_key_file`). */
const PLACE_SUFFIX = /(?:file|path)$/;

/**
 * True when a field of this name is replaced whatever it holds (M7): tokens, authorization,
 * passwords, secrets, key material, cookies, payloads, in any notation of the words.
 */
function namesSecret(key: string, value: unknown): boolean {
  const name = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (!SECRET_KEY_NAMES_WHOLE.has(name) && !SECRET_KEY_NAME.test(name)) return false;
  if (value === undefined || value === null || typeof value === 'boolean') return false;
  if (typeof value === 'number' || typeof value === 'bigint') return !QUANTITY_SUFFIX.test(name);
  return !(typeof value === 'string' && PLACE_SUFFIX.test(name));
}

/** Replaces from the first `eyJ` that at least two dots follow: a JWS has three parts, a JWE five. */
function redactTokenRun(run: string): string {
  const start = run.indexOf('eyJ');
  if (start < 0) return run;
  const firstDot = run.indexOf('.', start);
  if (firstDot < 0 || run.indexOf('.', firstDot + 1) < 0) return run;
  return `${run.slice(0, start)}[redacted:jwt]`;
}

/**
 * Returns the text with every JWT (three base64url parts, the first starting `eyJ`), PEM private
 * key, `Bearer` or `Basic` credential, `token=` or `password=` assignment and password of a URL replaced, and cut to 8,192 characters (M7).
 * Time is linear in the length, so hostile text cannot stall the caller.
 */
export function redactText(text: string): string {
  const scanned = text.length > MAX_SCANNED_CHARS ? text.slice(0, MAX_SCANNED_CHARS) : text;
  const clean = scanned
    .replace(/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g, '[redacted:private-key]')
    .replace(/[\w.-]+/g, redactTokenRun)
    .replace(/\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`)
    .replace(/\b((?:access_|refresh_|id_)?token|api_?key|password|passwd|secret)=[^\s&"']+/gi, `$1=${REDACTED}`)
    .replace(/:\/\/[^\s/:@]{0,256}:[^\s/@]{1,256}@/g, `://${REDACTED}@`);
  return clean.length > MAX_KEPT_CHARS ? `${clean.slice(0, MAX_KEPT_CHARS)}[cut]` : clean;
}

function redactError(error: Error, depth: number, above: readonly object[]): Record<string, unknown> {
  const own = redactEntries(Object.entries(error), depth, above);
  const described: Record<string, unknown> = { type: redactText(String(error.name)), message: redactText(String(error.message)), ...own };
  if (error.stack !== undefined) described['stack'] = redactText(String(error.stack));
  if (error.cause !== undefined) described['cause'] = redactValue(error.cause, depth + 1, above);
  return described;
}

function redactEntries(entries: Iterable<readonly [unknown, unknown]>, depth: number, above: readonly object[]): Record<string, unknown> {
  const kept: [string, unknown][] = [];
  for (const [key, value] of entries) {
    if (kept.length === MAX_ENTRIES) {
      kept.push(['[cut]', true]);
      break;
    }
    const name = String(key);
    kept.push([redactText(name), namesSecret(name, value) ? REDACTED : redactValue(value, depth + 1, above)]);
  }
  return Object.fromEntries(kept);
}

function redactList(list: Iterable<unknown>, depth: number, above: readonly object[]): unknown[] {
  const kept: unknown[] = [];
  for (const item of list) {
    if (kept.length === MAX_ENTRIES) {
      kept.push('[cut]');
      break;
    }
    kept.push(redactValue(item, depth + 1, above));
  }
  return kept;
}

function redactObject(value: object, depth: number, above: readonly object[]): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof URL) return redactText(value.href);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (above.includes(value)) return '[circular]';
  if (depth >= MAX_DEPTH) return '[too deep]';
  const path = [...above, value];
  if (value instanceof Error) return redactError(value, depth, path);
  if (Array.isArray(value) || value instanceof Set) return redactList(value, depth, path);
  // A JSON Web Key with its private or symmetric part (RFC 7517, RFC 7518 section 6).
  if ('kty' in value && ('d' in value || 'k' in value)) return '[redacted:key]';
  if (value instanceof Map) return redactEntries(value, depth, path);
  return redactEntries(Object.entries(value), depth, path);
}

function redactValue(value: unknown, depth: number, above: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value);
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
    case 'undefined':
      return value;
    case 'object':
      return value === null ? null : redactObject(value, depth, above);
    default:
      return `[${typeof value}]`;
  }
}

/**
 * Returns a plain copy of the fields that is safe to log (M7): values under secret-sounding keys
 * replaced at any depth, JWTs and private keys replaced wherever they stand (also in keys), bytes
 * given by their number alone, big integers as text, cycles and depths over 8 cut. A field that
 * cannot be read makes the whole copy `{unreadable: true}`; never throws.
 */
export function redactFields(fields: object): Record<string, unknown> {
  try {
    const copy = redactValue(fields, 0, []);
    if (typeof copy === 'object' && copy !== null && !Array.isArray(copy)) return Object.fromEntries(Object.entries(copy));
    return { value: copy };
  } catch (error) {
    return { unreadable: true, unreadable_reason: error instanceof Error ? error.name : typeof error };
  }
}
