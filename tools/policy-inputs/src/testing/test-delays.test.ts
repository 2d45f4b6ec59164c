import { describe, expect, it } from 'vitest';

import { testDelaySource } from './test-delays.js';
import { readSnippet } from './unit.fixture.js';

const forms = (text: string): unknown[] => readSnippet(testDelaySource, 'test_delays', text).map(({ form, ms }) => [form, ms]);
const functions = (text: string): unknown[] => readSnippet(testDelaySource, 'delay_functions', text, 'libs/x/src/a.ts').map(({ name }) => name);

describe('test delays', () => {
  it.each([
    ['await new Promise(r => setTimeout(r, 200));', 'promise_timer', 200],
    ['await new Promise(function (done) { globalThis.setTimeout(() => done(), 3 * 100); });', 'promise_timer', 300],
    ['await new Promise<void>((r) => { const timer = setTimeout(r, ms); });', 'promise_timer', -1],
    ['await new Promise((r) => { const beat = setInterval(() => { r(1); }, 50); });', 'promise_timer', 50],
    ['setTimeout(() => { expect(seen).toBe(1); done(); }, 100);', 'dropped_timer', 100],
    ['import { setTimeout as rest } from "node:timers/promises"; await rest(5);', 'timers_promises', 5],
    ['import * as timers from "timers/promises"; await timers.setTimeout(5);', 'timers_promises', 5],
    ['import { promises } from "node:timers"; await promises.scheduler.wait(5);', 'timers_promises', 5],
    ['const { setTimeout: rest } = await import("node:timers/promises"); await rest(7);', 'timers_promises', 7],
    ['export const a = await (await import("node:timers/promises")).setTimeout(9);', 'timers_promises', 9],
    ['import { promisify } from "node:util"; const rest = promisify(setTimeout);', 'promisified', -1],
    ['await sleep(20);', 'helper', 20],
    ['await page.waitForTimeout(500);', 'helper', 500],
    ['const later = setTimeout; await new Promise((r) => later(r, 60));', 'promise_timer', 60],
    ['const { setTimeout: later } = globalThis; await new Promise((r) => later(r, 60));', 'promise_timer', 60],
    ['Atomics.wait(cell, 0, 0, 500);', 'atomics', 500],
    ['execSync("sleep 1");', 'sleep_process', -1],
    ['spawnSync("sleep", ["1"]);', 'sleep_process', -1],
    ['while (Date.now() < end) {}', 'busy_loop', -1],
    ['for (;;) { if (performance.now() > end) break; }', 'busy_loop', -1],
    ['await once(AbortSignal.timeout(100), "abort");', 'timeout_signal', -1],
    ['const signal = AbortSignal.timeout(100); await once(signal, "abort");', 'timeout_signal', -1],
    ['for (let turn = 0; turn < 500; turn += 1) await new Promise((done) => { setImmediate(done); });', 'turn_loop', -1],
    ['import { setImmediate as turn } from "node:timers/promises"; let left = 500; while (left-- > 0) await turn();', 'turn_loop', -1],
    ['for (let left = 500; left > 0; left -= 1) await new Promise(setImmediate);', 'turn_loop', -1],
    ['let left = 9; do { await new Promise(process.nextTick); left -= 1; } while (left > 0);', 'turn_loop', -1],
    ['for (const _ of many) { await new Promise(setImmediate); }', 'turn_loop', -1],
  ])('reads %s', (text, form, ms) => {
    expect(forms(text)).toEqual([[form, ms]]);
  });

  it.each([
    'const guard = setTimeout(() => child.kill(), 100); clearTimeout(guard);',
    'await Promise.race([work, new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 100))]);',
    'await new Promise(setImmediate);',
    'for (let turn = 0; turn < 3; turn += 1) await new Promise((done) => { setImmediate(done); });',
    'const turns = 10; for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);',
    'while (!isDone()) await new Promise(setImmediate);',
    'while (seen.length < 3) await new Promise(setImmediate);',
    'for (;;) { if (isDone()) break; await new Promise(setImmediate); }',
    'socket.setTimeout(2_000, () => socket.destroy());',
    'stream.pause(); bucket.pause(100);',
    'while (performance.now() < end) client.send(frame);',
    'while (budget.take(Date.now()) !== undefined);',
    '// await sleep(5)\nconst text = "await sleep(5)";',
  ])('leaves %s', (text) => {
    expect(forms(text)).toEqual([]);
  });

  it('names the test around a delay, and says that the file moves the clock', () => {
    const [row] = readSnippet(testDelaySource, 'test_delays', 'vi.useFakeTimers();\nit("waits", async () => { await sleep(5); });');
    expect(row).toEqual({ line: 2, form: 'helper', call: 'sleep(5)', delay: '5', ms: 5, symbol: 'waits', fake_timers: true });
  });

  it('finds exported functions that only let time pass', () => {
    expect(functions('export const breathe = (ms: number) => new Promise((r) => { setTimeout(r, ms); });\nexport function work() { return 1; }')).toEqual(['breathe']);
    expect(functions('import { setTimeout as rest } from "node:timers/promises";\nexport async function breathe() { await rest(5); }')).toEqual(['breathe']);
  });
});
