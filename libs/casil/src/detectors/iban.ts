import { mod97 } from '../rules/checksums.js';
import type { ScanText } from '../scan/scan-text.js';
import { alphanumericBit, characterBits, isLeftEdge } from './character-classes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const id = 'iban';

/** Lengths by country, from the register of ISO 13616. */
const lengths =
  'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27' +
  'JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28' +
  'TL23TN24TR26UA29VA22VG24XK20YE30';
const lengthByCountry = createLengths();

function createLengths(): Uint8Array {
  const table = new Uint8Array(26 * 26);
  for (let at = 0; at < lengths.length; at += 4) table[(lengths.charCodeAt(at) - 0x41) * 26 + lengths.charCodeAt(at + 1) - 0x41] = Number(lengths.slice(at + 2, at + 4));
  return table;
}

/** International bank account numbers: country, length and check digits are right; single blanks or dashes may stand between groups. */
export const ibanDetector: Detector = {
  id,
  category: 'personal_data',
  anchors: [],
  minDigits: 2,
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    const { bytes } = text;
    const start = hit.start - 2;
    if (start < text.start || !isLeftEdge(bytes, text.start, start)) return;
    const length = countryLength(bytes, start);
    if (length === 0) return;
    const end = endOfCharacters(text, start, length);
    if (end > 0 && mod97(bytes, start, end)) findings.add(id, 'personal_data', start, end, 'certain');
  },
};

/** Length that the country's numbers have, 0 when two letters of one case name none. */
function countryLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  const second = bytes[at + 1];
  if ((first & 0x20) !== (second & 0x20)) return 0;
  const row = (first & 0xdf) - 0x41;
  const column = (second & 0xdf) - 0x41;
  if (row < 0 || row > 25 || column < 0 || column > 25 || first < 0x41 || second < 0x41) return 0;
  return lengthByCountry[row * 26 + column];
}

/** Behind `count` letters and digits with single separators between them, when none follows; else -1. */
function endOfCharacters(text: ScanText, start: number, count: number): number {
  const { bytes } = text;
  let left = count;
  let at = start;
  while (at < text.end && left > 0) {
    if ((characterBits[bytes[at]] & alphanumericBit) !== 0) left -= 1;
    else if ((bytes[at] !== 0x20 && bytes[at] !== 0x2d) || (characterBits[bytes[at - 1]] & alphanumericBit) === 0) break;
    at += 1;
  }
  if (!text.spend((at - start) * 2) || left > 0) return -1;
  return at >= text.end || (characterBits[bytes[at]] & alphanumericBit) === 0 ? at : -1;
}
