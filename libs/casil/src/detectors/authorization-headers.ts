import type { ScanText } from '../scan/scan-text.js';
import { AssignedValue, readAssignedValue } from '../context/assigned-value.js';
import { base64End, isBase64Credentials } from '../context/base64-credentials.js';
import { asciiBytes, byteClass, digitBit, lowerBit, skipBlanks, standsAt, upperBit } from '../context/bytes.js';
import { extendValue } from '../context/extend-value.js';
import { isPlaceholder } from '../context/placeholder.js';
import { isPlausibleToken, isUuid } from '../context/secret-value.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

/** First the two schemes, the second also as WebSocket's list of protocols has it, then names of headers; `indexOfHeaders` is where they begin. */
const anchors = [
  'basic ', 'bearer ', 'bearer, ',
  'authorization', 'x-api-key', 'x-auth-token', 'private-token', 'api-key', 'apikey', 'x-access-token', 'x-vault-token', 'x-functions-key', 'subscription-key', 'x-amz-security-token',
  'x-goog-api-key', 'x-figma-token', 'x-shopify-access-token', 'x-gitlab-token', 'x-consul-token', 'x-nomad-token', 'job-token', 'deploy-token', 'x-jfrog-art-api', 'x-rapidapi-key', 'x-mashape-key',
];
const indexOfHeaders = 3;
const minTokenBytes = 12;
const minBearerBytes = 16;
const maxBearerBytes = 4096;
const basicWord = asciiBytes('basic ');
const value = new AssignedValue();

/** `Authorization: Basic …` whose base64 is `user:password`, `Bearer …`, and the headers in which providers take keys; in HTTP, NATS, JSON and curl. */
export const authorizationHeadersDetector: Detector = {
  id: 'authorization-headers',
  category: 'secret',
  anchors,
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (!text.spend(24)) return;
    if (hit.anchor >= indexOfHeaders) {
      detectHeader(text, hit, findings);
      return;
    }
    if (hit.start > text.start && isWord(text.bytes[hit.start - 1])) return;
    const start = skipBlanks(text.bytes, hit.end, Math.min(text.end, hit.end + 8));
    if (hit.anchor === 0) detectBasic(text, start, findings);
    else detectBearer(text, start, findings);
  },
};

function detectBasic(text: ScanText, start: number, findings: FindingSink): void {
  const end = base64End(text.bytes, start, text.end);
  if (!text.spend(end - start) || end - start < 6) return;
  if (isBase64Credentials(text.bytes, start, end)) findings.add(authorizationHeadersDetector.id, 'secret', start, end, 'specific');
}

function detectBearer(text: ScanText, start: number, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, start + maxBearerBytes);
  let end = start;
  while (end < limit && isBearerByte(bytes[end])) end += 1;
  while (end > start && bytes[end - 1] === 0x2e) end -= 1;
  if (!text.spend(end - start) || end - start < minBearerBytes) return;
  if (isUuid(bytes, start, end) || isOpaque(bytes, start, end)) findings.add(authorizationHeadersDetector.id, 'secret', start, end, 'probable');
}

function isOpaque(bytes: Uint8Array, start: number, end: number): boolean {
  const judged = Math.min(end, start + 256);
  return isPlausibleToken(bytes, start, judged, 'text') && !isPlaceholder(bytes, start, judged);
}

function detectHeader(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (!readAssignedValue(text, hit.end, value) || value.nameEnd !== hit.end) return;
  if (value.operator !== ':' && value.operator !== '=' && value.operator !== 'value' && value.operator !== ',' && value.operator !== '>') return;
  if (!text.spend(value.end - value.start)) return;
  const { start, end } = value;
  if (isBase64Credentials(bytes, start, end)) {
    findings.add(authorizationHeadersDetector.id, 'secret', start, end, 'specific');
    return;
  }
  if (end - start < minTokenBytes || standsAt(bytes, start - basicWord.length, start, basicWord)) return;
  if (!isUuid(bytes, start, end) && (!isPlausibleToken(bytes, start, end, 'text') || isPlaceholder(bytes, start, end))) return;
  if (value.isCut) extendValue(text, value);
  findings.add(authorizationHeadersDetector.id, 'secret', value.start, value.end, 'probable');
}

function isWord(byte: number): boolean {
  return (byteClass[byte] & (lowerBit | upperBit | digitBit)) !== 0;
}

/** What RFC 6750 lets a bearer token be made of, and `:` and `|`, which issuers use all the same. */
function isBearerByte(byte: number): boolean {
  if (isWord(byte)) return true;
  switch (byte) {
    case 0x2d:
    case 0x2e:
    case 0x5f:
    case 0x7e:
    case 0x2b:
    case 0x2f:
    case 0x3d:
    case 0x3a:
    case 0x7c:
      return true;
    default:
      return false;
  }
}
