import { asciiBytes, byteClass, digitBit, foldByte, hexBit, holdsOnly, lowerBit, nameBit, standsAt, upperBit } from './bytes.js';

/** Whether a value stands where only text can, such as in quotation marks, or where it may be code. */
export type Writing = 'text' | 'code';

const wordBits = lowerBit | upperBit | digitBit;

/** Beginnings of names of algorithms, types and encodings that go on with digits: `sha256`, `varchar255`. */
const digitWords = [
  'utf', 'sha', 'md', 'hs', 'rs', 'es', 'ps', 'aes', 'des', 'base', 'bcrypt', 'argon', 'oauth', 'varchar', 'nvarchar', 'char', 'int', 'uint', 'float', 'double', 'uuid', 'pbkdf', 'scrypt', 'x', 'pkcs', 'rsa', 'ecdsa',
  'ed', 'secp', 'hmac', 'hmac-sha', 'string', 'str', 'text', 'bytes', 'blake', 'level', 'version', 'v', 'step', 'line', 'page', 'http', 'ipv', 'iso', 'latin', 'windows-', 'utf-', 'sha-', 'aes-', 'col-', 'col', 'row', 'h', 'web',
  'input', 'arg', 'param', 'value', 'field', 'test', 'item', 'node', 'var', 'tmp', 'num', 'rfc', 'jdk', 'es20', 'min', 'max', 'between', 'len', 'length', 'size', 'alpha', 'beta', 'rc', 'release', 'figure', 'table', 'section', 'chapter', 'issue', 'ticket',
].map(asciiBytes);

/** Units behind a number: `30days`, `256-bit`, `8chars`. */
const units = [
  's', 'ms', 'us', 'ns', 'm', 'h', 'd', 'w', 'y', 'sec', 'secs', 'second', 'seconds', 'min', 'mins', 'minute', 'minutes', 'hour', 'hours', 'hr', 'hrs', 'day', 'days', 'week', 'weeks', 'month', 'months', 'year', 'years', 'bit', 'bits', 'byte',
  'bytes', 'kb', 'mb', 'gb', 'kib', 'mib', 'gib', 'b', 'k', 'char', 'chars', 'character', 'characters', 'st', 'nd', 'rd', 'th', 'px', 'em', 'rem', 'pt', 'vh', 'vw', 'x', 'times', 'tokens', 'letters', 'digits', 'words', 'attempts',
].map(asciiBytes);

const reserved = [
  'utf8mb4', 'utf-16le', 'utf-16be', 'latin1', 'application/json', 'x-www-form-urlencoded', 'no-cache', 'base64url', 'nvarchar(max)', 'oauth2', 'openid', 'int8', 'sha256withrsa', 'keep-alive', 'http/1.1', 'http/2',
].map(asciiBytes);

/** Whether the value is a word of formats and protocols that looks like a password. */
export function isReservedWord(bytes: Uint8Array, start: number, end: number): boolean {
  for (const word of reserved) {
    if (word.length === end - start && standsAt(bytes, start, end, word)) return true;
  }
  return false;
}

/** Numbers, versions, dates, times, addresses of IPv4, hexadecimal numbers of up to 8 digits behind `0x` or `#`. */
export function isNumberLike(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (first === 0x23 && end - start <= 9) return isHexFrom(bytes, start + 1, end);
  if (first === 0x30 && foldByte(bytes[start + 1]) === 0x78 && end - start <= 10) return isHexFrom(bytes, start + 2, end);
  let digits = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if ((byteClass[byte] & digitBit) !== 0) digits += 1;
    else if (!isNumberSign(byte)) return false;
  }
  return digits > 0;
}

/** `+ - . , : / T Z ^ ~ < > = %` and `*`, `x` of version ranges. */
function isNumberSign(byte: number): boolean {
  switch (byte) {
    case 0x2b:
    case 0x2d:
    case 0x2e:
    case 0x2c:
    case 0x3a:
    case 0x2f:
    case 0x54:
    case 0x5a:
    case 0x5e:
    case 0x7e:
    case 0x3c:
    case 0x3e:
    case 0x3d:
    case 0x25:
    case 0x2a:
    case 0x78:
      return true;
    default:
      return false;
  }
}

function isHexFrom(bytes: Uint8Array, start: number, end: number): boolean {
  return end > start && holdsOnly(bytes, start, end, hexBit);
}

/** `sha256`, `varchar255`, `30days`, `256-bit`, `1st`, `v1.2.3-beta`. */
export function isVersionedWord(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && (byteClass[bytes[at]] & digitBit) !== 0) at += 1;
  if (at > start) {
    const unit = bytes[at] === 0x2d || bytes[at] === 0x2b ? at + 1 : at;
    return holdsWhole(units, bytes, unit, end);
  }
  for (const word of digitWords) {
    if (!standsAt(bytes, start, end, word)) continue;
    if (isNumberTail(bytes, start + word.length, end)) return true;
  }
  return false;
}

/** Up to three digits, or digits with dots, dashes or brackets between. */
function isNumberTail(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at < end && ((byteClass[bytes[at]] & digitBit) !== 0 || isTailSign(bytes[at]))) at += 1;
  return at === end && end > from && end - from <= 9 && (byteClass[bytes[from]] & digitBit ? end - from <= 5 : true);
}

function isTailSign(byte: number): boolean {
  return byte === 0x2e || byte === 0x2d || byte === 0x28 || byte === 0x29 || byte === 0x3a || byte === 0x2f || byte === 0x2c;
}

function holdsWhole(list: readonly Uint8Array[], bytes: Uint8Array, start: number, end: number): boolean {
  for (const word of list) {
    if (word.length === end - start && standsAt(bytes, start, end, word)) return true;
  }
  return false;
}

const expressionBeginnings = [
  'http://', 'https://', 'ftp://', 'ws://', 'wss://', 'nats://', './', '../', '~/', '/', '\\\\', '--', '$.', '=>', '@/', 'new ', 'await ', 'this.', 'self.', 'props.', 'req.', 'ctx.', 'data.', 'options.', 'config.', 'args.', 'params.', 'settings.',
  'state.', 'user.', 'event.', 'process.', 'os.', 'mailto:', 'urn:', 'blob:', 'function', 'async', 'typeof', 'void ', 'return', '&str', '&mut', 'c:\\', 'd:\\', 'env(', 'file(', 'lookup(', 'get_', 'fromjson', 'varchar', 'nvarchar', 'option<', 'string[', 'array[',
].map(asciiBytes);

/** Whether the value is code, a path, an address, a pattern or a rule of validation rather than a text to be typed. */
export function isExpression(bytes: Uint8Array, start: number, end: number, writing: Writing): boolean {
  for (const beginning of expressionBeginnings) {
    if (standsAt(bytes, start, end, beginning)) return !isSlashOfBase64(bytes, start, end);
  }
  if (bytes[start] === 0x5c) return true;
  if (isEmail(bytes, start, end) || isRule(bytes, start, end)) return true;
  return writing === 'text' ? isQuotedCall(bytes, start, end) : isCode(bytes, start, end);
}

/** A single `/` at the beginning may be the first character of base64: then no word follows, and the value is long. */
function isSlashOfBase64(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== 0x2f || end - start < 16 || bytes[start + 1] === 0x2f) return false;
  let digits = 0;
  let upper = 0;
  let slashes = 0;
  for (let at = start; at < end; at += 1) {
    const classes = byteClass[bytes[at]];
    if ((classes & digitBit) !== 0) digits += 1;
    if ((classes & upperBit) !== 0) upper += 1;
    if (bytes[at] === 0x2f) slashes += 1;
    if ((classes & wordBits) === 0 && bytes[at] !== 0x2f && bytes[at] !== 0x2b && bytes[at] !== 0x3d) return false;
  }
  return digits >= 2 && upper >= 4 && (slashes - 1) * 12 <= end - start;
}

/** One `@` between a name and a host with a dot. */
function isEmail(bytes: Uint8Array, start: number, end: number): boolean {
  let sign = -1;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === 0x40) {
      if (sign >= 0 || at === start) return false;
      sign = at;
    } else if ((byteClass[byte] & nameBit) === 0 && byte !== 0x2b) return false;
  }
  if (sign < 0) return false;
  let dot = end - 1;
  while (dot > sign && (byteClass[bytes[dot]] & (lowerBit | upperBit)) !== 0) dot -= 1;
  return dot > sign + 1 && bytes[dot] === 0x2e && end - dot > 2;
}

/** Regular expressions (`^…$`, `[a-z]`, `(?=`), paths into data (`users[1].password`) and lists of validation rules (`required|min:8`). */
function isRule(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === 0x5e && bytes[end - 1] === 0x24) return true;
  let bars = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === 0x5b && at + 3 < end && bytes[at + 2] === 0x2d && (byteClass[bytes[at + 1]] & wordBits) !== 0) return true;
    if (byte === 0x5d && at + 1 < end && (bytes[at + 1] === 0x2e || bytes[at + 1] === 0x7b)) return true;
    if (byte === 0x28 && bytes[at + 1] === 0x3f && at + 2 < end) return true;
    if (byte === 0x7c) bars += 1;
  }
  return bars > 0 && bytes[end - 1] !== 0x7c && isEachPartAWord(bytes, start, end);
}

function isEachPartAWord(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const isPartStart = at === start || bytes[at - 1] === 0x7c;
    if (isPartStart && (byteClass[bytes[at]] & (lowerBit | upperBit)) === 0) return false;
  }
  return true;
}

/** `rgba(0,0,0,.5)`, `varchar(255)`: a name, an opening bracket, and the closing one at the end. */
function isQuotedCall(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[end - 1] !== 0x29) return false;
  let at = start;
  while (at < end && (byteClass[bytes[at]] & nameBit) !== 0) at += 1;
  return at > start && bytes[at] === 0x28;
}

/** `PRIVATE_KEY$1`: names that bundlers make unique. */
function endsInDollarNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = end;
  while (at > start && (byteClass[bytes[at - 1]] & digitBit) !== 0) at -= 1;
  return at < end && at > start && bytes[at - 1] === 0x24 && (byteClass[bytes[start]] & (lowerBit | upperBit)) !== 0;
}

/** Round brackets, opened and closed: a call in what is no string. */
function holdsBrackets(bytes: Uint8Array, start: number, end: number): boolean {
  let isOpen = false;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === 0x28) isOpen = true;
    else if (bytes[at] === 0x29 && isOpen) return true;
  }
  return false;
}

/** Signs that begin selectors, pointers, negations, decorators and variables: `!x`, `*x`, `&x`, `@x`, `.x`, `#x`, `$x`. */
const codeSigns = new Set([0x21, 0x2a, 0x26, 0x40, 0x2e, 0x23, 0x24]);
/** `=>`, `::`, `&&`, `||`, `()`, `?.`, `->`. */
const codePairs = new Set([0x3d3e, 0x3a3a, 0x2626, 0x7c7c, 0x2829, 0x3f2e, 0x2d3e]);

/** Calls, indexing, arrows, scopes, negations, pointers and objects. */
function isCode(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (first === 0x7b || first === 0x5b || first === 0x28 || endsInDollarNumber(bytes, start, end) || holdsBrackets(bytes, start, end)) return true;
  let name = start;
  if (codeSigns.has(first)) {
    name += 1;
    let letters = name;
    while (letters < end && (byteClass[bytes[letters]] & (lowerBit | upperBit)) !== 0) letters += 1;
    if (letters === end || bytes[letters] === 0x2e) return true;
    if ((first === 0x2a || first === 0x26) && letters === end - 1 && (byteClass[bytes[letters]] & digitBit) !== 0) return true;
  }
  return isCallOrIndex(bytes, name, end) || holdsCodePair(bytes, start, end);
}

function isCallOrIndex(bytes: Uint8Array, start: number, end: number): boolean {
  let name = start;
  while (name < end && ((byteClass[bytes[name]] & nameBit) !== 0 || bytes[name] === 0x3a || bytes[name] === 0x3f)) name += 1;
  return name < end && name > start && (bytes[name] === 0x28 || bytes[name] === 0x5b);
}

/** Also `==`, where it is no padding of base64. */
function holdsCodePair(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at + 1 < end; at += 1) {
    const pair = (bytes[at] << 8) | bytes[at + 1];
    if (codePairs.has(pair) || (pair === 0x3d3d && at + 2 < end)) return true;
  }
  return false;
}
