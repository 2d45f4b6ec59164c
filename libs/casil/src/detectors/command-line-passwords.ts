import type { ScanText } from '../scan/scan-text.js';
import { asciiBytes, byteClass, digitBit, findByte, lowerBit, nameBit, skipBlanks, spaceBit, standsAt, upperBit } from '../context/bytes.js';
import { isPasswordOfUser } from '../context/credential-pair.js';
import { judgeName, NameVerdict } from '../context/name-kind.js';
import { isPlaceholder } from '../context/placeholder.js';
import { findQuotedEnd, quoteLengthAt } from '../context/quotes.js';
import { isChosenSecret, isPlausiblePassword, isPlausibleToken, isUuid } from '../context/secret-value.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

/** How a program takes its password. `glued`: `-pX`; `spaced`: `-p X`; `pair`: `-u user:X`; `percent`: `-U user%X`; `source`: `-passin pass:X`. */
interface Flag {
  readonly letter: number;
  readonly form: 'glued' | 'spaced' | 'pair' | 'percent' | 'comma';
}

interface Program {
  readonly name: string;
  readonly flags: readonly Flag[];
}

const glued = (letter: string): Flag => ({ letter: letter.charCodeAt(0), form: 'glued' });
const spaced = (letter: string): Flag => ({ letter: letter.charCodeAt(0), form: 'spaced' });
const pair = (letter: string): Flag => ({ letter: letter.charCodeAt(0), form: 'pair' });
const listed = (letter: string): Flag => ({ letter: letter.charCodeAt(0), form: 'comma' });
const percent = (letter: string): Flag => ({ letter: letter.charCodeAt(0), form: 'percent' });

const programs: readonly Program[] = [
  ...['mysql ', 'mysqldump ', 'mysqladmin ', 'mysqlimport ', 'mariadb ', 'mariadb-dump ', 'mysqlcheck '].map((name) => ({ name, flags: [glued('p')] })),
  { name: 'sshpass ', flags: [glued('p'), spaced('p')] },
  ...['docker login', 'podman login', 'registry login', 'az login', 'az acr login', 'az sql server', 'az mysql server', 'az mysql flexible-server', 'az postgres server', 'az postgres flexible-server', 'oc login', 'cf login', 'mongo ', 'mongosh ', 'mongodump ', 'mongorestore ', 'mongoexport ', 'jf config', 'cqlsh ', 'twine upload', 'useradd ', 'psexec ', 'winrm '].map((name) => ({ name, flags: [spaced('p')] })),
  ...['redis-cli ', 'valkey-cli '].map((name) => ({ name, flags: [spaced('a')] })),
  ...['curl ', 'http '].map((name) => ({ name, flags: [pair('u'), pair('a')] })),
  ...['ldapsearch ', 'ldapmodify ', 'ldapadd ', 'ldapwhoami '].map((name) => ({ name, flags: [spaced('w')] })),
  ...['sqlcmd ', 'bcp '].map((name) => ({ name, flags: [spaced('P'), glued('P')] })),
  ...['smbclient ', 'rpcclient '].map((name) => ({ name, flags: [percent('U')] })),
  ...['doctl auth init', 'influx config '].map((name) => ({ name, flags: [spaced('t')] })),
  ...['mosquitto_pub ', 'mosquitto_sub ', 'mqttx ', 'ipmitool '].map((name) => ({ name, flags: [spaced('P')] })),
  { name: 'lftp ', flags: [listed('u')] },
  { name: 'openssl enc', flags: [spaced('k')] },
  ...['7z ', '7za '].map((name) => ({ name, flags: [glued('p')] })),
];

/** Ends of the names of long options before a blank: `--db-password x`, `-token x`. */
const optionAnchors = ['password ', 'passwd ', 'passphrase ', 'pass ', 'pwd ', 'token ', 'secret ', '-key ', 'apikey ', 'accesskey ', '-base ', 'authkey ', 'password1 ', 'password2 ', 'password\n', 'token\n', 'secret\n', '-key\n'];
/** `openssl … -passin pass:x`. */
const sourceAnchors = [' pass:'];
/** `curl --user u:x`. */
const userAnchors = ['--user ', '--proxy-user ', '--user=', '--creds '];

const indexOfSources = optionAnchors.length;
const indexOfUsers = indexOfSources + sourceAnchors.length;
/** Commands whose password is the word before a pipe: `echo 'x' | docker login --password-stdin`, `echo 'user:x' | chpasswd`. */
const pipeAnchors = ['--password-stdin', '| sudo -s', '| chpasswd', '|chpasswd', '| sudo chpasswd', '| passwd --stdin'];
/** Programs that take `user/password@host`. */
const slashAnchors = ['sqlplus ', 'sqlldr ', 'impdp ', 'expdp '];
/** Commands and lines of protocols whose password is the word of that number behind them. */
const placeAnchors: readonly (readonly [anchor: string, place: number])[] = [
  ['rabbitmqctl add_user ', 2], ['rabbitmqctl change_password ', 2], ['net user ', 2], ['zip -p ', 1], ['snmp-server community ', 1], ['htpasswd -b ', 3], ['htpasswd -nb ', 2], ['htpasswd -bc ', 3], ['htpasswd -cb ', 3], ['htpasswd -b -c ', 3], ['htpasswd -c -b ', 3], ['htpasswd -bbn ', 2], ['htpasswd -nbb ', 2], ['htpasswd -bnb ', 2], ['htpasswd -bbc ', 3], ['htpasswd -cbb ', 3], ['crypto isakmp key ', 1], ['nickserv :identify ', 2], ['nickserv identify ', 1], ['net use ', 3], ['stats auth ', 1], ['auth default ', 1], ['createuser ', 3], ['::add-mask::', 1], ['wifi connect ', 3], ['vault login ', 1], ['cargo login ', 1], ['snyk auth ', 1], ['add-authtoken ', 1], ['set aws_secret_access_key ', 1], ['config set _auth ', 1],
];

const indexOfPipes = indexOfUsers + userAnchors.length;
const indexOfSlashes = indexOfPipes + pipeAnchors.length;
const indexOfPlaces = indexOfSlashes + slashAnchors.length;
const indexOfPrograms = indexOfPlaces + placeAnchors.length;
const maxPipeBytes = 192;
const maxCommandBytes = 320;
const maxNameBytes = 48;
const maxValueBytes = 256;
const maxWords = 32;
/** Judging a word looks at each of its bytes about that often. */
const judgementSteps = 4;

const echoWord = asciiBytes('echo');
const name = new NameVerdict();
/** Range of the shell word read last. */
const word = { start: 0, end: 0, next: 0, isQuoted: false };

/** Passwords among the arguments of commands: `--password x`, `mysql -px`, `sshpass -p x`, `redis-cli -a x`, `curl -u user:x`. */
export const commandLinePasswordsDetector: Detector = {
  id: 'command-line-passwords',
  category: 'secret',
  anchors: [...optionAnchors, ...sourceAnchors, ...userAnchors, ...pipeAnchors, ...slashAnchors, ...placeAnchors.map(([anchor]) => anchor), ...programs.map((program) => program.name)],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (!text.spend(8)) return;
    if (hit.anchor < indexOfSources) detectOption(text, hit, findings);
    else if (hit.anchor < indexOfUsers) detectSource(text, hit, findings);
    else if (hit.anchor < indexOfPipes) detectUser(text, hit, findings);
    else if (hit.anchor < indexOfSlashes) detectPiped(text, hit, findings);
    else if (hit.anchor < indexOfPlaces) detectSlash(text, hit, findings);
    else if (hit.anchor < indexOfPrograms) detectPlace(text, hit, placeAnchors[hit.anchor - indexOfPlaces][1], findings);
    else detectProgram(text, hit, programs[hit.anchor - indexOfPrograms], findings);
  },
};

function detectOption(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const first = Math.max(text.start, hit.end - maxNameBytes);
  const nameEnd = hit.end - 1;
  let start = nameEnd;
  while (start > first && (byteClass[bytes[start - 1]] & nameBit) !== 0) start -= 1;
  if (bytes[start] !== 0x2d || (start > text.start && !isBeforeOption(bytes[start - 1]))) return;
  judgeName(bytes, start, nameEnd, name);
  if (name.kind === 'none') return;
  const at = bytes[nameEnd] === 0x0a ? nextItem(text, hit.end) : hit.end;
  if (at < 0 || !readWord(text, at)) return;
  if (bytes[word.start] === 0x2d || isPlaceholder(bytes, word.start, word.end)) return;
  if (isOptionValue(bytes)) add(findings, word.start, word.end);
}

/** `- x`, the next item of a list of arguments in YAML: where its text begins, or -1. */
function nextItem({ bytes, end }: ScanText, line: number): number {
  const dash = skipBlanks(bytes, line, Math.min(end, line + maxNameBytes));
  return bytes[dash] === 0x2d && bytes[dash + 1] === 0x20 ? dash + 2 : -1;
}

function isBeforeOption(byte: number): boolean {
  return (byteClass[byte] & spaceBit) !== 0 || byte === 0x22 || byte === 0x27 || byte === 0x60 || byte === 0x28;
}

function isOptionValue(bytes: Uint8Array): boolean {
  const { start, end } = word;
  if (name.kind === 'password' || name.kind === 'secret') {
    if (isPlausiblePassword(bytes, start, end, 'text')) return true;
    if (name.kind === 'password' && word.isQuoted && isPasswordOfUser(bytes, 0, 0, start, end)) return true;
  }
  return isUuid(bytes, start, end) || isPlausibleToken(bytes, start, end, 'text') || isChosenSecret(bytes, start, end);
}

function detectSource(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  if (text.bytes[hit.end] === 0x20 || !readWord(text, hit.end)) return;
  if (isPasswordOfUser(text.bytes, 0, 0, word.start, word.end) && isFreeOfSpace(text.bytes) && hasOptionBefore(text, hit.start)) add(findings, word.start, word.end);
}

/** Whether the word before `at` is an option about a pass phrase, such as `-passin`. */
function hasOptionBefore(text: ScanText, at: number): boolean {
  const { bytes } = text;
  const first = Math.max(text.start, at - 12);
  for (let position = at - 1; position >= first; position -= 1) {
    if (bytes[position] === 0x2d) return position < at - 1;
    if ((byteClass[bytes[position]] & (lowerBit | upperBit)) === 0) return false;
  }
  return false;
}

function detectUser(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  if (readWord(text, hit.end)) reportPair(text.bytes, word.start, word.end, 0x3a, findings);
}

/** `echo "x" | docker login -u ci --password-stdin`: the word that a command writes into a pipe. */
function detectPiped(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const first = Math.max(text.start, hit.start - maxPipeBytes);
  let at = hit.start;
  while (at > first && bytes[at] !== 0x7c && bytes[at - 1] !== 0x0a) at -= 1;
  const pipe = at;
  while (at > first && bytes[at - 1] !== 0x0a && !isEchoAt(bytes, at, pipe)) at -= 1;
  if (!text.spend(hit.start - at) || bytes[pipe] !== 0x7c || !isEchoAt(bytes, at, pipe)) return;
  let from = skipBlanks(bytes, at + 4, pipe);
  while (bytes[from] === 0x2d && from < pipe) from = skipBlanks(bytes, from + 2, pipe);
  if (!readWord(text, from) || word.end > pipe) return;
  if (pipeAnchors[hit.anchor - indexOfPipes].endsWith('chpasswd')) reportPair(bytes, word.start, word.end, 0x3a, findings);
  else if (isFreeOfSpace(bytes) && isPasswordOfUser(bytes, 0, 0, word.start, word.end)) add(findings, word.start, word.end);
}

function isEchoAt(bytes: Uint8Array, at: number, end: number): boolean {
  return standsAt(bytes, at, end, echoWord) && (at === 0 || (byteClass[bytes[at - 1]] & nameBit) === 0);
}

/** `sqlplus user/x@host`: the password ends at the last `@`. */
function detectSlash(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  for (let count = 0, from = hit.end; count < 4 && readWord(text, from); count += 1, from = skipBlanks(bytes, word.next, text.end)) {
    if (bytes[word.start] === 0x2d) continue;
    let sign = word.end;
    while (sign > word.start && bytes[sign] !== 0x40) sign -= 1;
    if (sign > word.start) reportPair(bytes, word.start, sign, 0x2f, findings);
    return;
  }
}

function detectPlace(text: ScanText, hit: AnchorHit, place: number, findings: FindingSink): void {
  const { bytes } = text;
  let from = hit.end;
  for (let count = 1; count < place; count += 1) {
    if (!readWord(text, from) || bytes[word.next] !== 0x20) return;
    from = skipBlanks(bytes, word.next, text.end);
  }
  if (!readWord(text, from) || !text.spend((word.end - word.start) * judgementSteps)) return;
  // `net use z: \\host\share /user:name x`: options of Windows may stand before.
  if (bytes[word.start] === 0x2f && (bytes[word.next] !== 0x20 || !readWord(text, word.next))) return;
  if (place === 1 && findByte(bytes, 0x3a, word.start, word.end) >= 0) reportPair(bytes, word.start, word.end, 0x3a, findings);
  else if (bytes[word.start] !== 0x2f && bytes[word.start] !== 0x2d && isFreeOfSpace(bytes) && isPlausibleWord(bytes)) add(findings, word.start, word.end);
}

function isPlausibleWord(bytes: Uint8Array): boolean {
  const { start, end } = word;
  if (isPlausiblePassword(bytes, start, end, 'text')) return true;
  return isUuid(bytes, start, end) || (isPlausibleToken(bytes, start, end, 'text') && !isPlaceholder(bytes, start, end));
}

function detectProgram(text: ScanText, hit: AnchorHit, program: Program, findings: FindingSink): void {
  const { bytes } = text;
  if (hit.start > text.start && (byteClass[bytes[hit.start - 1]] & (lowerBit | upperBit | digitBit)) !== 0) return;
  const limit = Math.min(text.end, hit.end + maxCommandBytes);
  let at = hit.end;
  for (let count = 0; count < maxWords && at < limit; count += 1) {
    at = skipBlanks(bytes, at, limit);
    if (!readWord(text, at) || isEndOfCommand(bytes[word.start])) return;
    const { start, end, next, isQuoted } = word;
    at = next;
    if (isQuoted || bytes[start] !== 0x2d || end - start < 2) continue;
    const flag = program.flags.find(({ letter, form }) => bytes[start + 1] === letter && (form === 'glued') === (end - start > 2 || quoteLengthAt(bytes, end, limit) > 0));
    if (flag !== undefined) at = reportFlag(text, flag, start, end, next, findings);
  }
}

function isEndOfCommand(byte: number): boolean {
  return byte === 0x7c || byte === 0x3b || byte === 0x0a || byte === 0x26;
}

/** Reports the flag's value and returns the position behind it. */
function reportFlag(text: ScanText, flag: Flag, start: number, end: number, next: number, findings: FindingSink): number {
  const { bytes } = text;
  if (flag.form === 'glued') {
    if (!readWord(text, start + 2)) return next;
  } else if (!readWord(text, skipBlanks(bytes, end, text.end))) return next;
  const after = word.next;
  if (flag.form === 'pair') reportPair(bytes, word.start, word.end, 0x3a, findings);
  else if (flag.form === 'comma') reportPair(bytes, word.start, word.end, 0x2c, findings);
  else if (flag.form === 'percent') reportPair(bytes, word.start, word.end, 0x25, findings);
  else if (bytes[word.start] !== 0x2d && isFreeOfSpace(bytes) && isPasswordOfUser(bytes, 0, 0, word.start, word.end)) add(findings, word.start, word.end);
  return Math.max(after, next);
}

function reportPair(bytes: Uint8Array, start: number, end: number, separator: number, findings: FindingSink): void {
  let at = start;
  while (at < end && bytes[at] !== separator) at += 1;
  if (at + 1 >= end || (separator === 0x3a && bytes[at + 1] === 0x2f)) return;
  if (isPasswordOfUser(bytes, start, at, at + 1, end)) add(findings, at + 1, end);
}

function isFreeOfSpace(bytes: Uint8Array): boolean {
  for (let at = word.start; at < word.end; at += 1) {
    if ((byteClass[bytes[at]] & spaceBit) !== 0) return false;
  }
  return true;
}

/** Reads the shell word at `from` into `word`; false when there is none. */
function readWord(text: ScanText, from: number): boolean {
  const { bytes } = text;
  const limit = Math.min(text.end, from + maxValueBytes);
  const at = skipBlanks(bytes, from, limit);
  const quote = quoteLengthAt(bytes, at, limit);
  word.isQuoted = quote > 0;
  word.start = at + quote;
  word.end = quote > 0 ? findQuotedEnd(bytes, at, quote, limit) : findWordEnd(bytes, at, limit);
  word.next = Math.min(word.end + quote, text.end);
  return text.spend(word.next - from) && word.end > word.start;
}

function findWordEnd(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  while (at < limit && !isWordEnd(bytes, at)) at += 1;
  return at;
}

function isWordEnd(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at];
  if ((byteClass[byte] & spaceBit) !== 0 || byte === 0x22 || byte === 0x27 || byte === 0x60 || byte === 0x3b || byte === 0x7c || byte === 0x3c) return true;
  return byte === 0x5c && bytes[at - 1] !== 0x5c && (bytes[at + 1] === 0x6e || bytes[at + 1] === 0x22 || bytes[at + 1] === 0x72);
}

function add(findings: FindingSink, start: number, end: number): void {
  findings.add(commandLinePasswordsDetector.id, commandLinePasswordsDetector.category, start, end, 'probable');
}
