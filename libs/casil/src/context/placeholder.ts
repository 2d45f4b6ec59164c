import { asciiBytes, byteClass, digitBit, foldByte, hexBit, lowerBit, nameBit, standsAt, upperBit } from './bytes.js';

/** Values judged by their first bytes only: enough to see what they are, and bounded. */
const maxBytes = 256;

/** Words that stand in no random value and in no password anybody uses: wherever they occur, the value is an example. */
const wordsInside = [
  'example', 'changeme', 'change_me', 'change-me', 'change_this', 'changethis', 'placeholder', 'redacted', 'filtered', 'your_', 'your-', 'yourtoken',
  'yourkey', 'yoursecret', 'yourpass', 'yourapi', 'youraccess', 'yourpersonal', 'xxxx', 'insert_', 'insert-', 'inserthere', 'replace_', 'replace-',
  'replaceme', 'replacewith', 'dummy', 'foobar', 'notreal', 'not_real', 'not-real', 'notasecret', 'not-a-secret', 'not_a_secret', 'not-a-real',
  'fake_', 'fake-', 'faketoken', 'fakekey', 'fakesecret', 'fakepass', '_here', '-here', 'tokenhere', 'keyhere', 'todo', 'fixme', 'lorem', 'deadbeef', 'undefined',
  'masked', '****', '...', '}}', '%>', 'sk_test_xxx', 'secretkeyref', 'keyvault(', 'secretsmanager', '[secure]',
  '_goes_', '-goes-', 'nosecret', 'no-secret', 'some-secret', 'some_secret', 'somesecret', 'my-secret-', 'testtoken', 'test-token', 'test_token', 'mytoken', 'my-token',
  'my_token', 'mysecret_', 'my_api_key', 'my-api-key', 'myapikey', 'api_key_', '_api_key', 'abcdefgh', 'asdfasdf', 'qwertyuiop',
];

/** Values that are a word for a secret, or for none. */
const wholeWords = [
  'password', 'passwd', 'passwort', 'passphrase', 'passcode', 'pass', 'pwd', 'secret', 'secrets', 'token', 'tokens', 'apikey', 'api_key', 'api-key', 'key', 'string',
  'number', 'null', 'none', 'nil', 'true', 'false', 'yes', 'no', 'test', 'testing', 'foo', 'bar', 'baz', 'user', 'username', 'admin', 'root', 'guest', 'postgres', 'value', 'hidden',
  'empty', 'removed', 'default', 'required', 'optional', 'unknown', 'credentials', 'mypassword', 'my-password', 'my_password', 'mysecret', 'my-secret', 'my_secret',
  'userpassword', 'user_password', 'dbpassword', 'db_password', 'db-password', 'secret_key', 'secret-key', 'secretkey', 'client_secret', 'client-secret', 'access_token',
  'access-token', 'accesstoken', 'auth_token', 'auth-token', 'authtoken', 'private_key', 'pass_word', 'pass-word', 'password_', 'the_password', 'newpassword', 'oldpassword',
  'new_password', 'old_password', 'new-password', 'old-password', 'current-password', 'supersecret_', 'sensitive', 'private', 'public', 'bearer', 'basic', 'p@ssw0rd_', 'n/a', 'na', 'tbd',
];

/** Beginnings of references to a secret kept elsewhere, of encrypted values and of password hashes. */
const beginnings = [
  '***', 'vault:', 'vault/', 'arn:', 'op://', 'ref+', 'awskms:', 'gcpkms:', 'azurekms:', 'hashivault:', 'ssm:', 'ssm/', 'kms:', 'env:', 'env.', 'file:', 'file/', 'secret://', 'secrets://', 'gcp-sm:', 'gcpsm:', 'akv:', 'awssm:', 'sm://', 'keyring:',
  'keychain:', 'doppler:', 'sops:', '&lt;', '&amp;lt;', '/run/', '/var/', '/etc/', '/secrets/', '{{resolve:', 'infisical:', 'bws:', 'lpass:', 'pass:show', 'secretref:', 'secret:', 'secrets.', 'secrets/', 'secrets:', 'projects/', '!vault', '!ref', '!sub', '!secret', '!env', '!reference', 'enc[', 'enc(',
  '{cipher}', '{vault}', '$ansible_vault', '$2a$', '$2b$', '$2y$', '$argon2', '$pbkdf2', '$scrypt', '$apr1$', '$1$', '$5$', '$6$', '$y$', '{ssha', '{sha', '{crypt}', '{bcrypt}', '{noop}', 'pbkdf2', 'scrypt:', 'scram-sha', 'sha256:', 'sha512:', 'sha1:', 'md5:',
  'sha256-', 'sha384-', 'sha512-', 'process.env', 'os.environ', 'os.getenv', 'system.getenv', 'getenv', 'import.meta', 'data:', 'configmap', 'resolve:', '{{', '@microsoft.keyvault', 'var.', 'local.', 'module.', '<your', 'kubernetes:',
];

const encodedWord = new Uint8Array(maxBytes);
const minSealedBytes = 56;
const publicNkeyBytes = 56;

/** What templates open with; inside a value they count when they are closed. */
const templateOpenings = ['{{', '${', '$(', '#{', '<%', '%(', '\\('];

const inside = byFirstByte(wordsInside);
const openings = byFirstByte(templateOpenings);
const whole = byFirstByte(wholeWords);
const beginning = byFirstByte(beginnings);

/**
 * Not zero where the lower seven bits of two bytes are those that begin a listed word or opening, in any case, or the dots of `…` and `•`: what nearly
 * every position is told from at one look.
 */
const exampleStarts = startsOf([...wordsInside, ...templateOpenings]);

function startsOf(literals: readonly string[]): Uint8Array {
  const table = new Uint8Array(1 << 14);
  for (const literal of literals) {
    for (const first of [literal.charCodeAt(0), literal.toUpperCase().charCodeAt(0)]) {
      for (const second of [literal.charCodeAt(1), literal.toUpperCase().charCodeAt(1)]) table[(first << 7) | second] = 1;
    }
  }
  table[(0xe2 & 0x7f) << 7] = 1;
  return table;
}

/** Literals by their first byte, so that most positions are left after one look. */
function byFirstByte(literals: readonly string[]): readonly (readonly Uint8Array[] | undefined)[] {
  const table: Uint8Array[][] = [];
  for (const literal of literals) (table[literal.charCodeAt(0)] ??= []).push(asciiBytes(literal));
  return table;
}

/**
 * Whether the value `bytes[start, end)` stands for a secret without being one: a template (`${X}`, `{{x}}`, `<token>`, `%s`), a mask (`****`, `xxxx`),
 * an example (`changeme`, `AKIA…EXAMPLE`), repeated or sequential characters, a reference (`vault:…`, `arn:…`, `op://…`) or an encrypted or hashed form.
 * Looks at no more than 256 bytes.
 */
export function isPlaceholder(bytes: Uint8Array, start: number, end: number): boolean {
  const stop = Math.min(end, start + maxBytes);
  if (stop - start < 1) return true;
  return isExample(bytes, start, stop) || isSealed(bytes, start, stop) || isPublicNkey(bytes, start, end) || isEncodedExample(bytes, start, stop);
}

function isExample(bytes: Uint8Array, start: number, stop: number): boolean {
  return (
    holdsListed(beginning, bytes, start, stop) !== 0 ||
    isWholeWord(bytes, start, stop) ||
    isVariable(bytes, start, stop) ||
    isMonotonous(bytes, start, stop) ||
    holdsExampleWord(bytes, start, stop)
  );
}

/** Ciphertext of a sealed secret of Kubernetes: base64 that begins with the length of an RSA session key of 512 bytes. */
function isSealed(bytes: Uint8Array, start: number, stop: number): boolean {
  return stop - start >= minSealedBytes && bytes[start] === 0x41 && bytes[start + 1] === 0x67 && bytes[start + 2] >= 0x41 && bytes[start + 2] <= 0x44;
}

/** A public key of NATS: 56 characters of base32 that do not begin with the `S` of seeds. */
function isPublicNkey(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== publicNkeyBytes || bytes[start] === 0x53) return false;
  for (let at = start; at < end; at += 1) {
    if ((byteClass[bytes[at]] & upperBit) === 0 && (bytes[at] < 0x32 || bytes[at] > 0x37)) return false;
  }
  return true;
}

/** A percent-encoded value is what it is once decoded: a template, a reference, or words of prose. */
function isEncodedExample(bytes: Uint8Array, start: number, stop: number): boolean {
  let length = 0;
  let codes = 0;
  let spaces = 0;
  let digits = 0;
  let pluses = 0;
  let lower = 0;
  for (let at = start; at < stop; at += 1) {
    let byte = bytes[at];
    if (byte === 0x25 && at + 2 < stop && (byteClass[bytes[at + 1]] & byteClass[bytes[at + 2]] & hexBit) !== 0) {
      byte = hexDigit(bytes[at + 1]) * 16 + hexDigit(bytes[at + 2]);
      at += 2;
      codes += 1;
    }
    if (byte === 0x20) spaces += 1;
    else if (byte === 0x2b) pluses += 1;
    else if ((byteClass[byte] & lowerBit) !== 0) lower += 1;
    else if ((byteClass[byte] & digitBit) !== 0) digits += 1;
    encodedWord[length] = byte;
    length += 1;
  }
  // In form data a plus is a blank: `is+too+short`.
  if (pluses >= 2 && (lower + pluses) * 5 >= length * 4) return true;
  if (codes === 1 && encodedWord[0] === 0x40 && lower === length - 1) return true;
  return codes > 0 && ((spaces > 0 && digits === 0) || isExample(encodedWord, 0, length));
}

function hexDigit(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : foldByte(byte) - 0x57;
}

/** Length of the listed literal that stands at `at`, else 0. */
function holdsListed(table: readonly (readonly Uint8Array[] | undefined)[], bytes: Uint8Array, at: number, end: number): number {
  const candidates = table[foldByte(bytes[at])];
  if (candidates === undefined) return 0;
  for (const candidate of candidates) {
    if (standsAt(bytes, at, end, candidate)) return candidate.length;
  }
  return 0;
}

function isWholeWord(bytes: Uint8Array, start: number, stop: number): boolean {
  const candidates = whole[foldByte(bytes[start])];
  if (candidates === undefined) return false;
  for (const candidate of candidates) {
    if (candidate.length === stop - start && standsAt(bytes, start, stop, candidate)) return true;
  }
  return false;
}

function holdsExampleWord(bytes: Uint8Array, start: number, stop: number): boolean {
  for (let at = start; at + 1 < stop; at += 1) {
    if (exampleStarts[((bytes[at] & 0x7f) << 7) | (bytes[at + 1] & 0x7f)] === 0) continue;
    if (bytes[at] === 0xe2 && bytes[at + 1] === 0x80 && (bytes[at + 2] === 0xa6 || bytes[at + 2] === 0xa2)) return true;
    if (holdsListed(inside, bytes, at, stop) !== 0) return true;
    if (holdsListed(openings, bytes, at, stop) !== 0 && (at === start || isClosed(bytes, at, stop))) return true;
  }
  return false;
}

/** Whether a closing bracket follows within a name's length. */
function isClosed(bytes: Uint8Array, at: number, stop: number): boolean {
  const limit = Math.min(stop, at + 48);
  for (let position = at + 2; position < limit; position += 1) {
    const byte = bytes[position];
    if (byte === 0x7d || byte === 0x29 || byte === 0x3e) return true;
    if ((byteClass[byte] & nameBit) === 0 && byte !== 0x20 && byte !== 0x3a) return false;
  }
  return false;
}

/** `<token>`, `[token]`, `{token}`, `$TOKEN`, `%TOKEN%`, `@token@`, `__TOKEN__`, `:token`, `%s`, `?`. */
function isVariable(bytes: Uint8Array, start: number, stop: number): boolean {
  const first = bytes[start];
  const last = bytes[stop - 1];
  if (first === 0x3c || isBracketPair(first, last)) return true;
  if (first === 0x25) return stop - start <= 3 || (last === 0x25 && isName(bytes, start + 1, stop - 1));
  if (first === 0x40 && last === 0x40 && stop - start > 2) return isName(bytes, start + 1, stop - 1);
  if (first === 0x5f && last === 0x5f && bytes[start + 1] === 0x5f && bytes[stop - 2] === 0x5f) return true;
  if (first === 0x3a || first === 0x24) return isVariableName(bytes, start + 1, stop);
  return first === 0x3f && stop - start === 1;
}

function isBracketPair(first: number, last: number): boolean {
  return (first === 0x5b && last === 0x5d) || (first === 0x7b && last === 0x7d) || (first === 0x28 && last === 0x29);
}

function isName(bytes: Uint8Array, start: number, stop: number): boolean {
  for (let at = start; at < stop; at += 1) {
    if ((byteClass[bytes[at]] & nameBit) === 0) return false;
  }
  return true;
}

/** The name after `$` or `:`: `PASSWORD`, `password`, `userPassword`, `1`; a digit among lower-case letters makes a password of it (`$tr0ng`). */
function isVariableName(bytes: Uint8Array, start: number, stop: number): boolean {
  let hasLower = false;
  let digits = 0;
  for (let at = start; at < stop; at += 1) {
    const classes = byteClass[bytes[at]];
    if ((classes & nameBit) === 0) return false;
    if ((classes & lowerBit) !== 0) hasLower = true;
    if ((classes & digitBit) !== 0) digits += 1;
  }
  return !hasLower || digits === 0 || stop - start === digits;
}

/** The same few characters again and again, or characters in the order of the alphabet. */
function isMonotonous(bytes: Uint8Array, start: number, stop: number): boolean {
  const length = stop - start;
  if (length < 3) return false;
  let near = 0;
  let run = 1;
  let longestRun = 1;
  let others = 0;
  for (let at = start + 1; at < stop; at += 1) {
    const step = bytes[at] - bytes[at - 1];
    run = step === 0 ? run + 1 : 1;
    if (run > longestRun) longestRun = run;
    if (step >= -1 && step <= 1) near += 1;
    if ((byteClass[bytes[at]] & (lowerBit | upperBit | digitBit)) === 0) others += 1;
  }
  if (longestRun * 2 > length && length > 3) return true;
  if (length >= 6 && near * 10 >= (length - 1) * 7) return true;
  return others === length - 1 || isPeriodic(bytes, start, stop);
}

/** A piece of up to 10 characters repeated at least three times over, such as `abcabcabc` or the digits in order. */
function isPeriodic(bytes: Uint8Array, start: number, stop: number): boolean {
  const length = stop - start;
  for (let period = 1; period <= 10 && period * 3 <= length; period += 1) {
    let at = start + period;
    while (at < stop && bytes[at] === bytes[at - period]) at += 1;
    if (at === stop) return true;
  }
  return false;
}
