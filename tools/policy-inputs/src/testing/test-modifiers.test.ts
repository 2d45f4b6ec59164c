import { describe, expect, it } from 'vitest';

import { testModifierSource } from './test-modifiers.js';
import { readSnippet } from './unit.fixture.js';

const read = (text: string): unknown[] => readSnippet(testModifierSource, 'test_modifiers', text).map(({ modifier, constant, reason, td }) => [modifier, constant, reason, td]);
// In parts: this file must not hold what a reader of tests looks for.
const [focused, skipped] = [['on', 'ly'].join(''), ['sk', 'ip'].join('')];

describe('test modifiers', () => {
  it.each([
    [`it.${focused}('a', () => {});`, 'only'],
    [`describe['${focused}']('a', () => {});`, 'only'],
    [`it.${focused}.each([1])('a', () => {});`, 'only'],
    [`import { test as check } from 'vitest'; check.${skipped}('a', () => {});`, 'skip'],
    [`import * as runner from 'vitest'; runner.it.${skipped}('a', () => {});`, 'skip'],
    ['xit("a", () => {});', 'skip'],
    ['fdescribe("a", () => {});', 'only'],
    [`const later = it.${skipped};`, 'skip'],
    [`it('a', { ${skipped}: true }, () => {});`, 'skip'],
    ['it("a");', 'pending'],
    ['it.skipIf(true)("a", () => {});', 'skipIf'],
    ['// it("a", () => {\nwork();', 'commented'],
  ])('reads %s', (text, modifier) => {
    expect(read(text)).toEqual([[modifier, true, '', []]]);
  });

  it('tells conditions and reasons', () => {
    expect(read('it.skipIf(!hasEngine)("a", () => {});')).toEqual([['skipIf', false, '', []]]);
    expect(read('it("a", (context) => { if (one) return context.skip("the store is not shared"); });')).toEqual([['context_skip', false, 'the store is not shared', []]]);
    expect(read('it("a", ({ skip }) => { skip(); });')).toEqual([['context_skip', true, '', []]]);
  });

  it('reads debts in the title and the comment above', () => {
    expect(read(`// Waits for TD-004.\nit.${skipped}('a TD-005', () => {});`)).toEqual([['skip', true, '', ['TD-004', 'TD-005']]]);
  });

  it('leaves ordinary tests and other calls', () => {
    expect(read(`it.each([1])('a', () => {}); reader.${skipped}(tag); const text = 'it.${focused}(1)';`)).toEqual([]);
  });
});
