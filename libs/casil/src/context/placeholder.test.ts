import { describe, expect, it } from 'vitest';
import { fill } from '../../test/run-detector.js';
import { isPlaceholder } from './placeholder.js';

function judge(value: string): boolean {
  const bytes = new TextEncoder().encode(`"${value}"`);
  return isPlaceholder(bytes, 1, bytes.length - 1);
}

describe('isPlaceholder', () => {
  it.each([
    '', '${DB_PASSWORD}', '$PASSWORD', '$password', '$1', '{{ vault }}', '<your token>', '%s', '%PASSWORD%', '@token@', '__TOKEN__', ':password', '?', '********', 'xxxxxxxx', '[REDACTED]', 'AKIAIOSFODNN7EXAMPLE',
    'changeme123', 'your-api-key', 'password', 'PASSWORD', 'aaaaaaaa', '12345678', 'abcdefghijklmnop', 'abcabcabcabc', 'vault:secret/db#pw', 'arn:aws:secretsmanager:x', 'op://vault/item', 'ENC[AES256,x]',
    '$2b$12$abcdefghijklmnopqrstuv', '{cipher}abc', 'abc…', '••••••', '$(cat /run/secret)', 'pre-${X}-post', '(hidden)',
  ])('takes %j for one', (value) => {
    expect(judge(value)).toBe(true);
  });

  it.each(['<<[A-Za-z0-9]{32}>>', '<<[0-9a-f]{40}>>', '<<[a-z]{6}[0-9]{3}!>>', '$tr<<[0-9]{1}>>ng<<[A-Za-z]{4}>>', '<<[A-Za-z0-9+/]{86}>>==', '<<[A-Za-z0-9!@#%^*(-]{20}>>'])('leaves random values of %s alone', (template) => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { text } = fill(template, seed);
      expect(judge(text), text).toBe(false);
    }
  });

  it('judges a long value by its first 256 bytes', () => {
    const { text } = fill('<<[A-Za-z0-9]{300}>>');
    expect(judge(text + '*'.repeat(1000))).toBe(false);
  });
});
