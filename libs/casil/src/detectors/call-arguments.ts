import type { ScanText } from '../scan/scan-text.js';
import { byteClass, lowerBit, skipSpaces, spaceBit, upperBit } from '../context/bytes.js';
import { isPasswordOfUser } from '../context/credential-pair.js';
import { findQuotedEnd, quoteLengthAt } from '../context/quotes.js';
import { isPlausiblePassword } from '../context/secret-value.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

/** Calls that take a password by its place alone, as the libraries of languages define them, and the place. */
const calls: readonly (readonly [anchor: string, place: number])[] = [
  ['mysqli_connect(', 3], ['mysql_connect(', 3], ['new mysqli(', 3], ['new pdo(', 3], ['getconnection(', 3], ['networkcredential(', 2], ['plainauth(', 3], ['basicauth(', 2], ['basic_auth(', 2],
  ['userpassword(', 2], ['.userinfo(', 2], ['passwordcredentials(', 2], ['plaincredentials(', 2], ['passwordauthentication(', 2], ['auth=(', 2], ['auth = (', 2], ['credentials = (', 2], ['credentials=(', 2], ['creds = (', 2], ['creds=(', 2], ['credentials(', 4], ['.login(', 2], ['ldap_bind(', 3], ['ftp_login(', 3],
  ['simple_bind_s(', 2], ['.auth(', 1], ['dbi->connect(', 3], ['usernamepassword(', 2],
];

const maxLookBytes = 320;
const maxArgumentBytes = 128;

/** The argument read last, without its quotes. */
const argument = { start: 0, end: 0, next: 0, isQuoted: false };

/** Passwords in calls such as `new NetworkCredential("user", "x")` and `smtp.login("user", "x")`: literals in the place that the call gives them. */
export const callArgumentsDetector: Detector = {
  id: 'call-arguments',
  category: 'secret',
  anchors: calls.map(([anchor]) => anchor),
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    const { bytes } = text;
    const [anchor, place] = calls[hit.anchor];
    if (anchor.startsWith('auth') && hit.start > text.start && (byteClass[bytes[hit.start - 1]] & (lowerBit | upperBit)) !== 0) return;
    const limit = Math.min(text.end, hit.end + maxLookBytes);
    let at = hit.end;
    let userStart = 0;
    let userEnd = 0;
    for (let count = 1; count <= place; count += 1) {
      userStart = argument.isQuoted && count > 1 ? argument.start : 0;
      userEnd = argument.isQuoted && count > 1 ? argument.end : 0;
      if (!readArgument(text, at, limit) || (count < place && bytes[argument.next] !== 0x2c)) return;
      at = argument.next + 1;
    }
    if (!argument.isQuoted || !isPasswordOfUser(bytes, userStart, userEnd, argument.start, argument.end)) return;
    if (isPlausiblePassword(bytes, argument.start, argument.end, 'text')) findings.add(callArgumentsDetector.id, 'secret', argument.start, argument.end, 'probable');
  },
};

/** Reads a literal in quotes, or an expression without brackets and quotes, to the comma or bracket behind it. */
function readArgument(text: ScanText, from: number, limit: number): boolean {
  const { bytes } = text;
  const at = skipSpaces(bytes, from, limit);
  const quote = quoteLengthAt(bytes, at, limit);
  argument.isQuoted = quote > 0;
  argument.start = at + quote;
  argument.end = quote > 0 ? findQuotedEnd(bytes, at, quote, limit) : findExpressionEnd(bytes, at, limit);
  argument.next = skipSpaces(bytes, argument.end + quote, limit);
  if (!text.spend(argument.next - from + 8) || argument.next >= limit) return false;
  return bytes[argument.next] === 0x2c || bytes[argument.next] === 0x29;
}

/** A name, number or path of names. */
function findExpressionEnd(bytes: Uint8Array, start: number, limit: number): number {
  const stop = Math.min(limit, start + maxArgumentBytes);
  let at = start;
  while (at < stop && isOfExpression(bytes[at])) at += 1;
  return at;
}

function isOfExpression(byte: number): boolean {
  return byte !== 0x2c && byte !== 0x28 && byte !== 0x29 && byte !== 0x22 && byte !== 0x27 && byte !== 0x60 && (byteClass[byte] & spaceBit) === 0;
}
