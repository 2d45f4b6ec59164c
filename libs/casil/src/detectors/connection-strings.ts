import type { ScanText } from '../scan/scan-text.js';
import { AssignedValue, readAssignedValue } from '../context/assigned-value.js';
import { base64End, isBase64Credentials } from '../context/base64-credentials.js';
import { byteClass, digitBit, lowerBit, nameBit, skipBlanks, skipSpaces, spaceBit, upperBit } from '../context/bytes.js';
import { isPasswordOfUser } from '../context/credential-pair.js';
import { findWord, indexWords } from '../context/find-word.js';
import { judgeName, NameVerdict } from '../context/name-kind.js';
import { isPlaceholder } from '../context/placeholder.js';
import { findQuotedEnd, quoteLengthAt } from '../context/quotes.js';
import { countClasses, isPlausiblePassword, isPlausibleToken } from '../context/secret-value.js';
import { findUnquotedEnd } from '../context/unquoted-value.js';
import { isVersionedWord } from '../context/value-forms.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

type Form = 'driver' | 'field' | 'key' | 'signature' | 'oracle' | 'pgpass' | 'netrc' | 'auth' | 'setting' | 'statement' | 'network' | 'account';

/** Anchors and what they begin; a field's password may be any word, because the other fields prove what it is. */
const forms: readonly (readonly [anchor: string, form: Form])[] = [
  ['password=', 'field'], ['password =', 'field'], ['pwd=', 'field'], ['pwd =', 'field'], ['passwd=', 'field'], ['pass=', 'field'],
  ['accountkey=', 'key'], ['sharedaccesskey=', 'key'], ['sharedsecretvalue=', 'key'], ['accesskey=', 'key'], ['sharedsecret=', 'key'],
  ['sig=', 'signature'], ['jdbc:oracle:', 'oracle'], [':5432:', 'pgpass'], [':5433:', 'pgpass'], [':6432:', 'pgpass'], [':*:', 'pgpass'], ['machine ', 'netrc'],
  ['auth"', 'auth'], ['auth\\', 'auth'], ['_auth=', 'auth'], ['requirepass ', 'setting'], ['masterauth ', 'setting'], ['identified by ', 'statement'], ['securestring ', 'statement'], ['@tcp(', 'driver'], ['@unix(', 'driver'], ['wifi:', 'network'], ['acl setuser ', 'account'], ['bindpw ', 'setting'], ['rootpw ', 'setting'], [' password ', 'statement'], ['enable secret ', 'statement'], ['\npass ', 'statement'], ['\npassword ', 'statement'], ['c: pass ', 'statement'], ['> pass ', 'statement'], [' secret 0 ', 'statement'],
];

/** Names of the fields that stand beside a password in connection strings. */
const neighbours = indexWords([
  'server=', 'host=', 'hostname=', 'data source=', 'datasource=', 'uid=', 'user id=', 'userid=', 'user=', 'username=', 'database=', 'dbname=', 'initial catalog=', 'driver=', 'port=', 'address=', 'addr=',
  'endpoint=', 'jdbc:', '://', 'server =', 'host =', 'user =', 'user id =', 'uid =', 'data source =', 'sslmode=', 'service=', 'vhost=', 'network=', 'login=',
]);
const signedFields = indexWords(['se=', 'sv=', 'sr=', 'skn=', 'st=', 'sp=']);
const userWords = indexWords(['user', 'login', 'enable', 'account']);
const spokenAnchors = new Set([' password ', '\npassword ', 'identified by ', 'enable secret ', '\npass ', 'c: pass ', '> pass ', ' secret 0 ']);
const passwordWord = indexWords(['password ', 'password\t', 'password\n', 'passwd ']);
const accountWords = indexWords(['user', 'role', 'login', 'grant', 'alter', 'create', '@']);
const loginWord = indexWords(['login ', 'login\t', 'login\n']);

const maxBackBytes = 192;
const maxAheadBytes = 160;
const maxValueBytes = 256;
const minKeyBytes = 20;
const maxEncodedKeyBytes = 256;
const minPlainBytes = 8;
/** Looking for words costs that much of a byte's step. */
const stepsPerLook = 2;
const maxNameBytes = 48;
const maxStatementBackBytes = 64;
const value = new AssignedValue();
const name = new NameVerdict();

/** Passwords and keys in connection strings, `.pgpass`, `.netrc`, Docker's and npm's credentials, Redis settings and SQL statements. */
export const connectionStringsDetector: Detector = {
  id: 'connection-strings',
  category: 'secret',
  anchors: forms.map(([anchor]) => anchor),
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (!text.spend(8)) return;
    switch (forms[hit.anchor][1]) {
      case 'field':
        return detectField(text, hit, findings);
      case 'key':
        return detectKey(text, hit, findings);
      case 'signature':
        return detectSignature(text, hit, findings);
      case 'oracle':
        return detectOracle(text, hit, findings);
      case 'pgpass':
        return detectPgpass(text, hit, findings);
      case 'netrc':
        return detectNetrc(text, hit, findings);
      case 'auth':
        return detectAuth(text, hit, findings);
      case 'setting':
        return detectSetting(text, hit, findings);
      case 'statement':
        return detectStatement(text, hit, findings);
      case 'driver':
        return detectDriver(text, hit, findings);
      case 'network':
        return detectNetwork(text, hit, findings);
      case 'account':
        return detectAccount(text, hit, findings);
    }
  },
};

/** `…;Password=x;…`, `host=h password=x`, `?user=u&password=x` with another field of a connection near by. */
function detectField(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const at = skipBlanks(bytes, hit.end, text.end);
  const limit = Math.min(text.end, at + maxValueBytes);
  const quote = quoteLengthAt(bytes, at, limit);
  if (at > hit.end && quote === 0 && isNextField(bytes, at, limit)) return;
  let start = at + quote;
  let end: number;
  if (bytes[at] === 0x7b && bytes[at + 1] !== 0x7b) {
    start += 1;
    end = findBrace(bytes, start, limit);
  } else if (quote === 0) end = findUnquotedEnd(bytes, start, limit);
  else end = findQuotedEnd(bytes, at, quote, limit);
  if (!text.spend(end - start) || end === start || (quote > 0 && !holdsNoSpace(bytes, start, end))) return;
  if (!isPasswordOfUser(bytes, 0, 0, start, end) || isReference(bytes, start, end) || isVersionedWord(bytes, start, end) || !isNameOfPassword(text, hit)) return;
  const back = Math.max(text.start, hit.start - maxBackBytes);
  const ahead = bytes[end] === 0x3b ? Math.min(text.end, end + maxAheadBytes) : end;
  if (!text.spend((hit.start - back + ahead - end) * stepsPerLook)) return;
  if (findWord(neighbours, bytes, back, hit.start) >= 0 || findWord(neighbours, bytes, end, ahead) >= 0) add(findings, start, end, 'probable');
}

/** `password= user=x`: the value is empty, and the next field follows. */
function isNextField(bytes: Uint8Array, from: number, limit: number): boolean {
  let at = from;
  while (at < limit && (byteClass[bytes[at]] & nameBit) !== 0) at += 1;
  return at > from && bytes[at] === 0x3d;
}

/** `has_password=` and `password_count=` are no passwords. */
function isNameOfPassword(text: ScanText, hit: AnchorHit): boolean {
  const { bytes } = text;
  const first = Math.max(text.start, hit.start - maxNameBytes);
  let start = hit.start;
  while (start > first && (byteClass[bytes[start - 1]] & nameBit) !== 0) start -= 1;
  judgeName(bytes, start, hit.end, name);
  return text.spend(hit.end - start) && name.kind !== 'none';
}

function findBrace(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  while (at < limit && bytes[at] !== 0x7d && bytes[at] !== 0x0a) at += 1;
  return at;
}

/** Names in code (`password=user.password`, `password=getPassword()`, `password=userPassword`) and paths and addresses of secrets are no passwords of a connection. */
function isReference(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === 0x2f || bytes[start] === 0x2e) return true;
  let at = start;
  let hasDigit = false;
  let hasJoint = false;
  while (at < end && (byteClass[bytes[at]] & nameBit) !== 0) {
    if ((byteClass[bytes[at]] & digitBit) !== 0) hasDigit = true;
    if (bytes[at] === 0x2e || bytes[at] === 0x5f) hasJoint = true;
    if (at > start && (byteClass[bytes[at]] & upperBit) !== 0 && (byteClass[bytes[at - 1]] & lowerBit) !== 0) hasJoint = true;
    at += 1;
  }
  if (at === end) return hasJoint && !hasDigit;
  if (bytes[at] === 0x3a && bytes[at + 1] === 0x2f) return true;
  // `$Module::Name->`
  if (bytes[start] === 0x24 && bytes[at] === 0x3a && bytes[at + 1] === 0x3a) return true;
  return (bytes[at] === 0x28 || bytes[at] === 0x5b) && at > start;
}

/** Azure's keys: base64 behind their names. */
function detectKey(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const end = base64End(text.bytes, hit.end, text.end);
  if (!text.spend(end - hit.end) || end - hit.end < minKeyBytes) return;
  if (isPlausibleToken(text.bytes, hit.end, end, 'text') && !isPlaceholder(text.bytes, hit.end, end)) add(findings, hit.end, end, 'specific');
}

/** The signature of a shared access signature, also percent-encoded, beside its other parameters. */
function detectSignature(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (hit.start > text.start && (byteClass[bytes[hit.start - 1]] & nameBit) !== 0) return;
  const limit = Math.min(text.end, hit.end + maxEncodedKeyBytes);
  let end = hit.end;
  while (end < limit && (bytes[end] === 0x25 || base64End(bytes, end, end + 1) > end)) end += 1;
  const back = Math.max(text.start, hit.start - maxBackBytes);
  const ahead = Math.min(text.end, end + maxAheadBytes);
  if (!text.spend(end - hit.end) || end - hit.end < minKeyBytes || !text.spend(ahead - end + hit.start - back)) return;
  if (findWord(signedFields, bytes, back, hit.start) < 0 && findWord(signedFields, bytes, end, ahead) < 0) return;
  if (isPlausibleToken(bytes, hit.end, end, 'text') && !isPlaceholder(bytes, hit.end, end)) add(findings, hit.end, end, 'specific');
}

/** `jdbc:oracle:thin:user/password@…`. */
function detectOracle(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, hit.end + maxValueBytes);
  let user = hit.end;
  while (user < limit && (byteClass[bytes[user]] & nameBit) !== 0) user += 1;
  if (user >= limit || bytes[user] !== 0x3a) return;
  user += 1;
  let slash = user;
  while (slash < limit && (byteClass[bytes[slash]] & nameBit) !== 0) slash += 1;
  let end = slash + 1;
  while (end < limit && bytes[end] !== 0x40 && (byteClass[bytes[end]] & spaceBit) === 0 && bytes[end] !== 0x22) end += 1;
  end = lastSign(bytes, end, limit);
  if (!text.spend(end - hit.end) || slash === user || bytes[slash] !== 0x2f || end >= limit || bytes[end] !== 0x40) return;
  if (isPasswordOfUser(bytes, user, slash, slash + 1, end)) add(findings, slash + 1, end, 'specific');
}

/** The last `@` before the host: passwords may hold more of them. */
function lastSign(bytes: Uint8Array, from: number, limit: number): number {
  let last = from;
  for (let at = from; at < limit && (byteClass[bytes[at]] & spaceBit) === 0 && bytes[at] !== 0x22 && bytes[at] !== 0x27 && bytes[at] !== 0x2f && bytes[at] !== 0x3c; at += 1) {
    if (bytes[at] === 0x40) last = at;
  }
  return last;
}

/** `host:port:database:user:password`, a line of its own. */
function detectPgpass(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const first = Math.max(text.start, hit.start - maxBackBytes);
  let start = hit.start;
  while (start > first && isHostByte(bytes[start - 1])) start -= 1;
  if (start === hit.start || (start > text.start && !isLineEdge(bytes[start - 1]))) return;
  const limit = Math.min(text.end, hit.end + maxValueBytes);
  let userStart = hit.end;
  let passwordStart = -1;
  let end = hit.end;
  let fields = 0;
  for (; end < limit && !isLineEdge(bytes[end]); end += 1) {
    if (bytes[end] === 0x5c && isLineEscape(bytes[end + 1])) break;
    if (bytes[end] !== 0x3a || bytes[end - 1] === 0x5c) continue;
    fields += 1;
    if (fields === 1) userStart = end + 1;
    if (fields === 2) passwordStart = end + 1;
    if (fields === 3) return;
  }
  if (!text.spend(end - start) || passwordStart < 0) return;
  if (isPasswordOfUser(bytes, userStart, passwordStart - 1, passwordStart, end)) add(findings, passwordStart, end, 'probable');
}

/** White space and quotation marks, between which such a line stands. */
function isLineEdge(byte: number): boolean {
  return byte <= 0x20 || byte === 0x22 || byte === 0x27;
}

function isLineEscape(byte: number): boolean {
  return byte === 0x6e || byte === 0x72;
}

function isHostByte(byte: number): boolean {
  return (byteClass[byte] & nameBit) !== 0 || byte === 0x2a || byte === 0x2f;
}

/** `machine h login u password p`, also over several lines. */
function detectNetrc(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, hit.end + maxValueBytes);
  if (!text.spend(limit - hit.end)) return;
  const login = findWord(loginWord, bytes, hit.end, limit);
  const keyword = login < 0 ? -1 : findWord(passwordWord, bytes, login, limit);
  if (keyword < 0) return;
  const start = skipSpaces(bytes, keyword + 8, limit);
  const end = findSpace(bytes, start, limit);
  const user = skipSpaces(bytes, login + 5, limit);
  if (isPasswordOfUser(bytes, user, findSpace(bytes, user, limit), start, end)) add(findings, start, end, 'specific');
}

function findSpace(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  while (at < limit && (byteClass[bytes[at]] & spaceBit) === 0 && bytes[at] !== 0x22 && bytes[at] !== 0x5c) at += 1;
  return at;
}

/** `"auth": "…"` of Docker's configuration and `_auth=…` of npm's: base64 of user and password. */
function detectAuth(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  if (!readAssignedValue(text, hit.end - 1, value) || !text.spend(value.end - value.start)) return;
  if (isBase64Credentials(text.bytes, value.start, value.end)) add(findings, value.start, value.end, 'specific');
}

/** `requirepass x`: a line of Redis' configuration. */
function detectSetting(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (hit.start > text.start && (byteClass[bytes[hit.start - 1]] & nameBit) !== 0) return;
  const limit = Math.min(text.end, hit.end + maxValueBytes);
  const at = skipBlanks(bytes, hit.end, limit);
  const quote = quoteLengthAt(bytes, at, limit);
  const start = at + quote;
  const end = quote > 0 ? findQuotedEnd(bytes, at, quote, limit) : findSpace(bytes, start, limit);
  if (!text.spend(end - hit.end) || (quote === 0 && end < text.end && bytes[end] === 0x20)) return;
  if (isPasswordOfUser(bytes, 0, 0, start, end)) add(findings, start, end, 'probable');
}

/** `IDENTIFIED BY 'x'`, `WITH PASSWORD 'x'`, `ConvertTo-SecureString 'x'`: the value is quoted. */
function detectStatement(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, hit.end + maxValueBytes);
  const at = skipBlanks(bytes, hit.end, limit);
  const quote = quoteLengthAt(bytes, at, limit);
  if (quote === 0) {
    detectSpoken(text, hit, at, findings);
    return;
  }
  if (bytes[at + quote - 1] === 0x60) return;
  const end = findQuotedEnd(bytes, at, quote, limit);
  if (!text.spend(end - at)) return;
  if (forms[hit.anchor][0] === 'identified by ' && !text.spend(maxStatementBackBytes)) return;
  if (forms[hit.anchor][0] === 'identified by ' && findWord(accountWords, bytes, Math.max(text.start, hit.start - maxStatementBackBytes), hit.start) < 0) return;
  if (end < limit && isPasswordOfUser(bytes, 0, 0, at + quote, end) && holdsNoSpace(bytes, at + quote, end)) add(findings, at + quote, end, 'probable');
}

/** `username U, password x`, `enable secret x`, `USER u` and in the next line `PASS x`: a strong word behind the keyword, and a user before it. */
function detectSpoken(text: ScanText, hit: AnchorHit, from: number, findings: FindingSink): void {
  const { bytes } = text;
  if (!spokenAnchors.has(forms[hit.anchor][0])) return;
  const limit = Math.min(text.end, from + maxValueBytes);
  const start = bytes[from] === 0x30 && bytes[from + 1] === 0x20 ? from + 2 : from;
  let end = findSpace(bytes, start, limit);
  if (end > start && (bytes[end - 1] === 0x2c || bytes[end - 1] === 0x3b || (bytes[end - 1] === 0x2e && end < text.end))) end -= 1;
  if (!text.spend(end - from + maxStatementBackBytes) || end - start < minPlainBytes) return;
  const back = Math.max(text.start, hit.start - maxStatementBackBytes);
  if (findWord(userWords, bytes, back, hit.end) < 0 || endsInOneDigit(bytes, end)) return;
  if (countClasses(bytes, start, end) < 3 || !isPlausiblePassword(bytes, start, end, 'code') || isPlaceholder(bytes, start, end)) return;
  add(findings, start, end, 'probable');
}

/** `Authentication2`: a word with a number. */
function endsInOneDigit(bytes: Uint8Array, end: number): boolean {
  return (byteClass[bytes[end - 1]] & digitBit) !== 0 && (byteClass[bytes[end - 2]] & lowerBit) !== 0;
}

/** `user:password@tcp(host:3306)/db`, as Go's MySQL driver has it. */
function detectDriver(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const first = Math.max(text.start, hit.start - maxBackBytes);
  let start = hit.start;
  let colon = -1;
  while (start > first && bytes[start - 1] > 0x20 && bytes[start - 1] !== 0x22 && bytes[start - 1] !== 0x27 && bytes[start - 1] !== 0x60 && bytes[start - 1] !== 0x3d && bytes[start - 1] !== 0x3e && bytes[start - 1] !== 0x3b) {
    start -= 1;
    if (bytes[start] === 0x3a) colon = start;
  }
  if (!text.spend(hit.start - start) || colon < 0) return;
  if (isPasswordOfUser(bytes, start, colon, colon + 1, hit.start)) add(findings, colon + 1, hit.start, 'specific');
}

/** `WIFI:T:WPA;S:network;P:password;;`, as codes for phones have it. */
function detectNetwork(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, hit.end + maxValueBytes);
  let start = hit.end;
  while (start < limit && bytes[start] > 0x20 && !(bytes[start] === 0x50 && bytes[start + 1] === 0x3a && (start === hit.end || bytes[start - 1] === 0x3b))) start += 1;
  start += 2;
  let end = start;
  while (end < limit && bytes[end] >= 0x20 && bytes[end] !== 0x22 && (bytes[end] !== 0x3b || bytes[end - 1] === 0x5c)) end += 1;
  if (!text.spend(end - hit.end) || end >= limit || bytes[end] !== 0x3b) return;
  if (isPasswordOfUser(bytes, 0, 0, start, end)) add(findings, start, end, 'specific');
}

/** `ACL SETUSER app on >x ~* +@all` of Redis. */
function detectAccount(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, hit.end + maxValueBytes);
  let start = hit.end;
  while (start < limit && bytes[start] >= 0x20 && !(bytes[start] === 0x3e && bytes[start - 1] === 0x20)) start += 1;
  start += 1;
  const end = findSpace(bytes, start, limit);
  if (text.spend(end - hit.end) && end > start && isPasswordOfUser(bytes, 0, 0, start, end)) add(findings, start, end, 'specific');
}

function holdsNoSpace(bytes: Uint8Array, start: number, end: number): boolean {
  return findSpace(bytes, start, end) === end;
}

function add(findings: FindingSink, start: number, end: number, confidence: 'probable' | 'specific'): void {
  findings.add(connectionStringsDetector.id, connectionStringsDetector.category, start, end, confidence);
}
