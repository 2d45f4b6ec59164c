import { describe, expect, it } from 'vitest';

import { fill, readFixture, repeatedTo64KiB, runDetector, valuesFound } from '../../test/run-detector.js';
import type { Detector } from './detector.js';
import { emailAddressDetector } from './email-address.js';
import { ibanDetector } from './iban.js';
import { ipAddressDetector } from './ip-address.js';
import { paymentCardDetector } from './payment-card.js';
import { phoneNumberDetector } from './phone-number.js';
import { usSsnDetector } from './us-ssn.js';

const detectors: readonly Detector[] = [emailAddressDetector, phoneNumberDetector, ibanDetector, paymentCardDetector, usSsnDetector, ipAddressDetector];

describe.each(detectors.map((detector) => ({ id: detector.id, detector })))('$id', ({ id, detector }) => {
  it('finds what the fixtures expect, whatever the seed', () => {
    for (const { text } of readFixture(id, 'hit')) {
      for (const seed of [1, 2, 3]) {
        const filled = fill(text, seed);
        expect(valuesFound(detector, filled.text), filled.text).toEqual(filled.secrets);
      }
    }
  });

  it('finds nothing in the clean fixtures', () => {
    for (const { text } of readFixture(id, 'clean')) expect(valuesFound(detector, fill(text).text), text).toEqual([]);
  });

  it('calls what it finds personal data', () => {
    const [{ text }] = readFixture(id, 'hit');
    expect(runDetector(detector, fill(text).text).found.map(({ detector: found, category }) => [found, category])).toEqual([[id, 'personal_data']]);
  });

  const hostile = ['@', 'a@', 'a@a.', '@a.a.a.a', 'aaaaaaaa', '+1', '+', '(', '(030) ', 'phone', 'phone 1', 'tel:1 ', '1', '12 ', '1234 ', '1234-', '4111 ', '41111111', '123-45-', '1.', '255.255.', 'a:', '1:', 'abcdef:', '::1', 'DE12', 'DE12 ', 'de1 ', 'ssn 123 45 ', 'f1f'];
  it.each(hostile)('takes a bounded number of steps for 64 KiB of %j', (unit) => {
    expect(runDetector(detector, repeatedTo64KiB(unit)).stepsTaken).toBeLessThan(65_536 * 24);
  });
});

describe('paymentCardDetector', () => {
  it('reads groups with one kind of separator', () => {
    const visa = fill('<<luhn:visa>>').text;
    const amex = fill('<<luhn:amex>>').text;
    const grouped = (separator: string): string => visa.match(/.{4}/g)?.join(separator) ?? '';
    const amexGroups = `${amex.slice(0, 4)} ${amex.slice(4, 10)} ${amex.slice(10)}`;
    for (const number of [grouped(' '), grouped('-'), amexGroups]) expect(valuesFound(paymentCardDetector, `n: ${number}, x`)).toEqual([number]);
    expect(valuesFound(paymentCardDetector, grouped('.'))).toEqual([]);
    expect(valuesFound(paymentCardDetector, `${grouped('-')}-1234`)).toEqual([]);
  });

  it('finds the numbers issuers publish for tests', () => {
    for (const digits of ['4111' + '1'.repeat(12), '5555' + '5'.repeat(8) + '4444', '3782' + '822463' + '10005', '6011' + '1'.repeat(11) + '7']) {
      expect(valuesFound(paymentCardDetector, `"${digits}"`)).toEqual([digits]);
    }
  });
});

describe('ibanDetector', () => {
  it('reads groups of four and lower case', () => {
    const iban = fill('<<iban:GB>>').text;
    const grouped = iban.match(/.{1,4}/g)?.join(' ') ?? '';
    expect(valuesFound(ibanDetector, `IBAN ${grouped}.`)).toEqual([grouped]);
    expect(valuesFound(ibanDetector, iban.toLowerCase())).toEqual([iban.toLowerCase()]);
    expect(valuesFound(ibanDetector, `${iban}7`)).toEqual([]);
  });
});
