import { describe, expect, it } from 'vitest';

import { fill, readFixture, repeatedTo64KiB, runDetector, valuesFound } from '../../test/run-detector.js';
import { ScanText } from '../scan/scan-text.js';
import { Scanner } from '../scan/scanner.js';
import { assignedSecretsDetector } from './assigned-secrets.js';
import { authorizationHeadersDetector } from './authorization-headers.js';
import { commandLinePasswordsDetector } from './command-line-passwords.js';
import { connectionStringsDetector } from './connection-strings.js';
import { csvColumnsDetector } from './csv-columns.js';
import { loginExchangesDetector } from './login-exchanges.js';
import { registryCredentialsDetector } from './registry-credentials.js';
import { urlPasswordsDetector } from './url-passwords.js';

const detectors = [
  assignedSecretsDetector, authorizationHeadersDetector, commandLinePasswordsDetector, connectionStringsDetector, csvColumnsDetector, loginExchangesDetector, registryCredentialsDetector, urlPasswordsDetector,
];
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
/** Steps per byte that one detector may take at the worst: a window of some 300 bytes behind every third byte, judged eight times over. */
const maxStepsPerByte = 1024;
const wallBytes = 4096;
const maxOverdraftSteps = 4096;

describe.each(detectors.map((detector) => [detector.id, detector] as const))('%s', (id, detector) => {
  it('finds exactly the secrets of its fixtures', () => {
    for (const { text } of readFixture(id, 'hit')) {
      for (const seed of seeds) {
        const filled = fill(text, seed);
        expect(valuesFound(detector, filled.text), `${seed}: ${text}`).toEqual(filled.secrets);
      }
    }
  });

  it('finds nothing in clean text', () => {
    for (const { text } of readFixture(id, 'clean')) expect(valuesFound(detector, text), text).toEqual([]);
  });

  it('reads nothing outside the range it is given', () => {
    for (const { text } of readFixture(id, 'hit')) {
      const { text: filled } = fill(text);
      for (let length = 0; length <= filled.length; length += 3) {
        for (const { start, end } of runDetector(detector, filled.slice(0, length)).found) expect(start < end && end <= new TextEncoder().encode(filled).length, filled).toBe(true);
      }
    }
  });

  it('takes a bounded number of steps for a wall of any of its anchors', () => {
    for (const anchor of detector.anchors) {
      for (const tail of ['', '="', '=a1B2c3D4', ' -p x9', ',']) {
        const wall = repeatedTo64KiB(anchor + tail).slice(0, wallBytes);
        expect(runDetector(detector, wall).stepsTaken, anchor + tail).toBeLessThan(wallBytes * maxStepsPerByte);
      }
    }
  });

  it('stops when the budget of steps is used up', () => {
    const [anchor = ''] = detector.anchors;
    const text = new ScanText();
    text.bytes = new TextEncoder().encode(repeatedTo64KiB(`${anchor}=aB3dE6gH9jK2mN5p `));
    text.end = text.bytes.length;
    text.stepsLeft = wallBytes;
    new Scanner([detector]).scan(text, { add: () => undefined });
    expect(text.stepsLeft).toBeLessThan(0);
    expect(text.stepsLeft).toBeGreaterThan(-maxOverdraftSteps);
  });
});
