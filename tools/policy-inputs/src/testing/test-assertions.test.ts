import { describe, expect, it } from 'vitest';

import { testAssertionSource } from './test-assertions.js';
import { readSnippet } from './unit.fixture.js';

const tests = (text: string): unknown[] => readSnippet(testAssertionSource, 'unasserting_tests', text).map(({ form }) => form);
const constants = (text: string): unknown[] => readSnippet(testAssertionSource, 'constant_assertions', text).map(({ form }) => form);

describe('tests without assertions', () => {
  it.each([
    ['it("a", () => {});', 'empty'],
    ['it("a", async () => { await work(); });', 'no_assertion'],
    ['it.each([1])("a", (n) => { console.log(n); });', 'no_assertion'],
    ['it("a", () => { try { expect(work()).toBe(1); } catch (error) { console.log(error); } });', 'no_assertion'],
    ['it("a", async () => { try { await work(); } catch (error) { expect(error).toBe(1); } });', 'only_in_catch'],
  ])('reads %s', (text, form) => {
    expect(tests(text)).toEqual([form]);
  });

  it.each([
    'it("a", () => { expect(work()).toBe(1); });',
    'it("a", () => { try { expect(work()).toBe(1); } catch (error) { throw error; } });',
    'it("a", () => { try { expect(work()).toBe(1); } catch (error) { note(error); } expect(noted).toBe(0); });',
    'it("a", () => { try { expect(work()).toBe(1); } finally { close(); } });',
    'const holds = (x) => { expect(x).toBe(1); }; it("a", () => { [1].forEach(holds); });',
    'it("a", async () => { await waitFor(() => seen); });',
    'it("a", () => { if (work() !== 1) throw new Error("no"); });',
    'it("a", async () => { expect.assertions(1); try { await work(); } catch (error) { expect(error).toBe(1); } });',
  ])('leaves %s', (text) => {
    expect(tests(text)).toEqual([]);
  });
});

describe('assertions that cannot fail', () => {
  it.each([
    ['expect(true).toBe(true);', 'constant'],
    ['expect(found || true).toBe(true);', 'constant'],
    ['expect(true).not.toBe(false);', 'constant'],
    ['assert.ok(true);', 'constant'],
    ['expect(a.b).toStrictEqual(a.b);', 'same'],
    ['assert.equal(a, a);', 'same'],
    ['expect(list.length).toBeGreaterThanOrEqual(0);', 'bound'],
    ['expect(found);', 'no_matcher'],
    ['expect(done).resolves.toBe(1);', 'not_awaited'],
  ])('reads %s', (text, form) => {
    expect(constants(text)).toEqual([form]);
  });

  it.each(['expect(f()).toEqual(f());', 'expect(true).toBe(false);', 'await expect(done).resolves.toBe(1);', 'expect(a).not.toBe(a);', 'expect(list.length).toBeGreaterThanOrEqual(1);'])('leaves %s', (text) => {
    expect(constants(text)).toEqual([]);
  });
});
