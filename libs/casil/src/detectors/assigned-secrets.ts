import type { ScanText } from '../scan/scan-text.js';
import { asciiBytes, byteClass, digitBit, findByte, hexBit, holdsOnly, lowerBit, nameBit, standsAt, upperBit, wideBit } from '../context/bytes.js';
import { AssignedValue, readAssignedName, readAssignedValue } from '../context/assigned-value.js';
import { extendValue } from '../context/extend-value.js';
import { judgeName, NameVerdict } from '../context/name-kind.js';
import { isPlaceholder } from '../context/placeholder.js';
import { countClasses, isChosenSecret, isPassphrase, isPlausiblePassword, isPlausibleToken, isUuid } from '../context/secret-value.js';
import type { Writing } from '../context/value-forms.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

/** Anchors that are keywords as they stand. */
const keywords = [
  'passw', 'pwd', 'passphrase', 'passcode', 'kennwort', 'senha', 'wachtwoor', 'senord', 'parola', 'heslo', 'salasana', 'adgangskod', 'mot de passe', 'mot_de_passe', 'mot-de-passe', 'motdepasse', 'contrase', 'secret', 'token', 'credential', 'creds', 'bearer', 'psk', 'apikey', 'api_key', 'api-key', 'api key', 'access_key', 'accesskey',
  'access key', 'access-key', 'private_key', 'privatekey', 'signing_key', 'signingkey', 'encryption_key', 'encryptionkey', 'master_key', 'masterkey',
] as const;

/** Short keywords, which are anchors only together with what ends a name. */
const shortKeywords = ['pass', 'pw', 'auth', 'key'];
const nameEnds = ['=', ':', '"', "'", '\\', '>', '&', '%', ' =', ' :', '\t', ' |', ' {', '(', '\n', '\r', ' "', '</'];

/** Words for passwords in other scripts, as bytes of UTF-8: Polish, Russian, Chinese, Japanese. */
const foreignWords = ['has\u00c5\u0082o', '\u00d0\u00b0\u00d1\u0080\u00d0\u00be\u00d0\u00bb\u00d1\u008c', '\u00e5\u00af\u0086\u00e7\u00a0\u0081', '\u00e5\u00af\u0086\u00e7\u00a2\u00bc', '\u00e3\u0083\u0091\u00e3\u0082\u00b9\u00e3\u0083\u00af\u00e3\u0083\u00bc\u00e3\u0083\u0089'];

/** Bytes at the end of each anchor that are no part of the keyword. */
const anchorTails: readonly (readonly [anchor: string, tailBytes: number])[] = [
  ...keywords.map((keyword) => [keyword, 0] as const),
  ...shortKeywords.flatMap((keyword) => nameEnds.map((tail) => [keyword + tail, tail.length] as const)),
  ['_pass ', 1], ['_key ', 1], ['-key ', 1], ['_auth ', 1],
  ...foreignWords.map((word) => [word, 0] as const),
];
const indexOfForeignWords = anchorTails.length - foreignWords.length;

/** Judging a value looks at each of its bytes about that often. */
const judgementSteps = 8;
const minProseBytes = 8;
const minTokenBytes = 16;
const minBareTokenBytes = 12;
const minMixedSecretBytes = 10;
const maxTitleWords = 3;
const maxTitleWordBytes = 16;
const resultName = asciiBytes('pass');
const signingKey = asciiBytes('signingkey');
/** Splitting a name into words and looking them up takes about three steps for a byte. */
const nameSteps = 3;
const value = new AssignedValue();
const name = new NameVerdict();

/**
 * Passwords, tokens and keys assigned to a name that says what they are, in any syntax readAssignedValue knows. What the name says decides how random
 * the value must be: `password` takes what people choose, `token` and `…key` only what was generated.
 */
export const assignedSecretsDetector: Detector = {
  id: 'assigned-secrets',
  category: 'secret',
  anchors: anchorTails.map(([anchor]) => anchor),
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (!text.spend(8)) return;
    const { bytes } = text;
    const at = hit.end - anchorTails[hit.anchor][1];
    if (hit.anchor === tokenAnchor && countsTokens(bytes, hit.end, text.end)) return;
    // Most names that hold a keyword name no secret, and the name costs less than the value.
    readAssignedName(text, at, value);
    const nameStart = Math.min(value.nameStart, hit.start);
    if (!text.spend((value.nameEnd - nameStart) * nameSteps)) return;
    if (hit.anchor >= indexOfForeignWords) acceptName();
    else judgeName(bytes, titleStart(text, nameStart, value.nameEnd), value.nameEnd, name);
    if (name.kind === 'none' || !readAssignedValue(text, at, value)) return;
    value.nameStart = nameStart;
    if (!text.spend((value.end - value.start) * judgementSteps)) return;
    if (!isSecret(bytes)) return;
    if (isPlaceholder(bytes, value.start, value.end)) return;
    if (value.isCut) extendValue(text, value);
    findings.add(assignedSecretsDetector.id, assignedSecretsDetector.category, value.start, value.end, 'probable');
  },
};

const tokenAnchor = anchorTails.findIndex(([anchor]) => anchor === 'token');
const maxDigits = 9;

/** `"prompt_tokens":1532,` is in every message of a language model, and told from a secret at once: tokens are no short numbers. */
function countsTokens(bytes: Uint8Array, from: number, end: number): boolean {
  let at = bytes[from] === 0x73 ? from + 1 : from;
  if (at + 2 >= end || bytes[at] !== 0x22 || bytes[at + 1] !== 0x3a) return false;
  at += bytes[at + 2] === 0x20 ? 3 : 2;
  const limit = Math.min(end, at + maxDigits + 1);
  const start = at;
  while (at < limit && bytes[at] >= 0x30 && bytes[at] <= 0x39) at += 1;
  return at > start && at < limit && (bytes[at] === 0x2c || bytes[at] === 0x7d);
}

/** The verdict on a word that is a name as it stands. */
function acceptName(): void {
  name.kind = 'password';
  name.isWeak = false;
  name.isQualified = false;
}

/** Where the name begins when it is written in title case with blanks between, such as `Rollbar Access Token`; at most three words before. */
function titleStart(text: ScanText, nameStart: number, nameEnd: number): number {
  const { bytes } = text;
  let start = nameStart;
  if (!isTitleWord(bytes, start, nameEnd)) return start;
  for (let count = 0; count < maxTitleWords; count += 1) {
    const end = start - 1;
    if (end <= text.start || bytes[end] !== 0x20) return start;
    let word = end;
    const first = Math.max(text.start, end - maxTitleWordBytes);
    while (word > first && (byteClass[bytes[word - 1]] & (lowerBit | upperBit | digitBit)) !== 0) word -= 1;
    if (!isTitleWord(bytes, word, end) || !text.spend(end - word)) return start;
    start = word;
  }
  return start;
}

function isTitleWord(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 2 && (byteClass[bytes[start]] & upperBit) !== 0 && (byteClass[bytes[start + 1]] & lowerBit) !== 0;
}

function isSecret(bytes: Uint8Array): boolean {
  if (!isTrustworthyOperator() || isPartOfPath(bytes) || isKeyOfGit(bytes)) return false;
  if (value.operator === ' ' && name.kind !== 'password' && isJoinedWords(bytes, value.start, value.end) && !holdsUpper(bytes, value.start, value.end)) return false;
  if (value.operator === ',' && !isMarked(bytes, value.start, value.end)) return false;
  if (value.operator === 'is') trimSentenceEnd(bytes);
  switch (name.kind) {
    case 'password':
      return isPassword(bytes);
    case 'secret':
      return isToken(bytes) || isThoughtUp(bytes);
    case 'token':
    case 'auth':
      return isToken(bytes);
    default:
      return false;
  }
}

/** After `(` and in prose only a name that ends in its keyword counts. */
function isTrustworthyOperator(): boolean {
  return !name.isWeak || value.operator === '=' || value.operator === ':' || value.operator === 'value' || value.operator === '>';
}

/** `arn:aws:secretsmanager:region:account:secret:name`: a part between colons is no name. */
function isPartOfPath(bytes: Uint8Array): boolean {
  return value.operator === ':' && !value.isQuoted && value.start === value.nameEnd + 1 && value.nameStart > 0 && bytes[value.nameStart - 1] === 0x3a;
}

/** `signingkey = …` of git's configuration: the id or fingerprint of a key, 8, 16 or 40 hexadecimal digits. */
function isKeyOfGit(bytes: Uint8Array): boolean {
  const { start, end } = value;
  const length = end - start;
  if ((length !== 8 && length !== 16 && length !== 40) || !standsAt(bytes, value.nameEnd - signingKey.length, value.nameEnd, signingKey)) return false;
  return holdsOnly(bytes, start, end, hexBit) && holdsOnly(bytes, start, end, digitBit | upperBit);
}

function holdsUpper(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if ((byteClass[bytes[at]] & upperBit) !== 0) return true;
  }
  return false;
}

function isPassword(bytes: Uint8Array): boolean {
  const { start, end } = value;
  if (!isPlausiblePassword(bytes, start, end, writingOf(bytes))) {
    if (end - start >= minTokenBytes && isPlausibleToken(bytes, start, end, writingOf(bytes))) return true;
    return value.isQuoted && !name.isWeak && isPassphrase(bytes, start, end);
  }
  const classes = countClasses(bytes, start, end);
  // `PASS: test-name-2` is a line of a test run.
  if (isNameOfResult(bytes) && value.operator === ':' && !value.isQuoted && ((isJoinedWords(bytes, start, end) && findByte(bytes, 0x24, start, end) < 0) || isAfterDashes(bytes))) return false;
  if (name.isWeak) return end - start >= minProseBytes && classes >= 3;
  if (value.operator === 'is' || value.operator === '|' || value.operator === ' ' || value.operator === ',') return classes >= (end - start >= minProseBytes ? 2 : 3);
  return true;
}

function isToken(bytes: Uint8Array): boolean {
  const { start, end } = value;
  if (isUuid(bytes, start, end)) return name.isQualified && !name.isWeak && name.kind !== 'auth';
  const isLoose = !name.isWeak && name.kind !== 'auth' && value.operator !== 'is' && value.operator !== '|' && (name.isQualified || end - start >= minBareTokenBytes);
  if (end - start < minTokenBytes && !isLoose && value.operator !== '|') return false;
  return isPlausibleToken(bytes, start, end, writingOf(bytes)) || ((isLoose || (name.isQualified && value.operator === '|')) && isChosenSecret(bytes, start, end, writingOf(bytes)));
}

/** A secret that somebody thought up: not as free as a password, because names of secrets stand there as well. */
function isThoughtUp(bytes: Uint8Array): boolean {
  const { start, end } = value;
  if (end - start < minProseBytes || name.isWeak || !isPlausiblePassword(bytes, start, end, writingOf(bytes))) return false;
  return countClasses(bytes, start, end) >= 3 || (end - start >= minMixedSecretBytes && isMixedThroughout(bytes, start, end));
}

/** Elements, form data and environment files (`NAME=value`) hold text, never code. */
function writingOf(bytes: Uint8Array): Writing {
  const isText = value.isQuoted || value.operator === '>' || value.operator === 'form' || isEnvironmentLine(bytes);
  return isText ? 'text' : 'code';
}

function isEnvironmentLine(bytes: Uint8Array): boolean {
  const first = bytes[value.start];
  if (value.operator !== '=' || value.start !== value.nameEnd + 1 || first === 0x7b || first === 0x5b || first === 0x28) return false;
  for (let at = value.nameStart; at < value.nameEnd; at += 1) {
    if ((byteClass[bytes[at]] & lowerBit) !== 0 || bytes[at] === 0x2e) return false;
  }
  return true;
}

/** Letters and digits alone, at least a third of them digits, changing often: `a4b8c1d2e3f4`, not `summer2024`. */
function isMixedThroughout(bytes: Uint8Array, start: number, end: number): boolean {
  let changes = 0;
  let digits = 0;
  for (let at = start; at < end; at += 1) {
    const classes = byteClass[bytes[at]];
    if ((classes & (lowerBit | upperBit | digitBit)) === 0) return false;
    if ((classes & digitBit) !== 0) digits += 1;
    if (at > start && (classes & digitBit) !== (byteClass[bytes[at - 1]] & digitBit)) changes += 1;
  }
  return digits * 3 >= end - start && changes >= 4;
}

/** `pass`, which is what tests do as well. */
function isNameOfResult(bytes: Uint8Array): boolean {
  return value.nameEnd - value.nameStart === resultName.length && standsAt(bytes, value.nameStart, value.nameEnd, resultName);
}

/** `--- PASS: TestName/part`. */
function isAfterDashes(bytes: Uint8Array): boolean {
  return value.nameStart >= 2 && bytes[value.nameStart - 1] === 0x20 && bytes[value.nameStart - 2] === 0x2d;
}

/** Letters and digits with `-`, `_` or `.` between. */
function isJoinedWords(bytes: Uint8Array, start: number, end: number): boolean {
  let joints = 0;
  for (let at = start; at < end; at += 1) {
    const classes = byteClass[bytes[at]];
    if ((classes & nameBit) === 0) return false;
    if ((classes & (lowerBit | upperBit | digitBit)) === 0) joints += 1;
  }
  return joints > 0;
}

/** Whether a digit or a sign stands in the value: lists of names have the same form as arguments. */
function isMarked(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const classes = byteClass[bytes[at]];
    if ((classes & digitBit) !== 0 || (classes & (nameBit | wideBit)) === 0) return true;
  }
  return false;
}

function trimSentenceEnd(bytes: Uint8Array): void {
  const last = bytes[value.end - 1];
  if (!value.isQuoted && (last === 0x2e || last === 0x2c || last === 0x3f)) value.end -= 1;
}
