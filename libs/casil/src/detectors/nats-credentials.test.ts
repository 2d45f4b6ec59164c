import { describe, expect, it } from 'vitest';

import { fill, readFixture, repeatedTo64KiB, runDetector, valuesFound } from '../../test/run-detector.js';
import { natsCredentialsDetector } from './nats-credentials.js';

describe('natsCredentialsDetector', () => {
  it.each(['user', 'account', 'operator', 'server'])('finds the seed of a NATS %s as certain', (kind) => {
    const { text, secrets } = fill(`<seed><<nkey-${kind}>></seed>`);
    expect(runDetector(natsCredentialsDetector, text).found).toContainEqual(expect.objectContaining({ value: secrets[0], confidence: 'certain', category: 'key_material' }));
    expect(valuesFound(natsCredentialsDetector, text)).toEqual(secrets);
  });

  it.each(['SUA', 'SXA', 'SCA', 'SNA'])('finds %s with a wrong checksum as specific', (prefix) => {
    const { text, secrets } = fill(`key <<${prefix}[A-Z2-7]{55}>>, ok`);
    expect(runDetector(natsCredentialsDetector, text).found).toEqual([expect.objectContaining({ value: secrets[0], confidence: 'specific' })]);
  });

  it('finds the seed in a creds file, whole, in one line and cut off', () => {
    const { text, secrets } = fill('<<nats-creds>>');
    const [seed] = secrets;
    expect(valuesFound(natsCredentialsDetector, text)).toEqual([seed]);
    expect(valuesFound(natsCredentialsDetector, JSON.stringify({ creds: text }))).toEqual([seed]);
    const cut = text.slice(0, text.indexOf(seed) + 40);
    expect(valuesFound(natsCredentialsDetector, cut)).toEqual([seed.slice(0, 40)]);
  });

  it('passes over public keys, other lengths, lower case and placeholders', () => {
    const seed = fill('<<nkey-user>>').text;
    const texts = [fill('<<nkey-public:user>> <<nkey-public:account>> <<nkey-public:operator>>').text, `${seed}A`, `A${seed}`, seed.slice(0, 57), seed.toLowerCase(), `SUA${'X'.repeat(55)}`, 'SUABCDEF...', 'casual scan of a season'];
    for (const text of texts) expect(valuesFound(natsCredentialsDetector, text), text).toEqual([]);
  });

  it('finds what the fixtures expect and nothing in the clean ones', () => {
    for (const { text } of readFixture('nats-credentials', 'hit')) {
      const filled = fill(text);
      expect(valuesFound(natsCredentialsDetector, filled.text), text).toEqual(filled.secrets);
    }
    for (const { text } of readFixture('nats-credentials', 'clean')) expect(valuesFound(natsCredentialsDetector, fill(text).text), text).toEqual([]);
  });

  it.each(['SUA', 'SUA ', `SUA${'B'.repeat(54)} `, 'NKEY SEED-----', 'seed=', 'seed="', 'SAASUASOA'])('takes a bounded number of steps for 64 KiB of %j', (unit) => {
    expect(runDetector(natsCredentialsDetector, repeatedTo64KiB(unit)).stepsTaken).toBeLessThan(65_536 * 40);
  });
});
