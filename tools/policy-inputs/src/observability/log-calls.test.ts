import { describe, expect, it } from 'vitest';

import { parseUnit } from '../syntax-pass.js';
import { logCallSource } from './log-calls.js';

function read(text: string): { readonly calls: readonly object[]; readonly outputs: readonly string[] } {
  const unit = parseUnit({ path: 'apps/spine/src/a.ts', project: '@arqonbus/spine', isTest: false, isGenerated: false }, text, []);
  const { log_calls: calls = [], output_calls: outputs = [] } = logCallSource.read(unit);
  return { calls: calls.map(({ level, first, message, fields, values, spreads }) => ({ level, first, message, fields, values, spreads })), outputs: outputs.map(({ api }) => String(api)) };
}

const plain = { level: 'info', first: 'fields', message: 'constant', fields: [], values: [], spreads: [] };

describe('log calls', () => {
  it.each([
    ["this.logger.info({ a: x.size }, 'done');", { ...plain, fields: ['a'], values: ['size'] }],
    ["logger.info({}, 'x ' + y);", { ...plain, message: 'built' }],
    ['log.info(`x ${y}`);', { ...plain, first: 'text', message: 'built' }],
    ["logger.warn({ text: JSON.stringify(message.payload) }, 'no');", { ...plain, level: 'warn', fields: ['text'], values: ['payload'] }],
    ["logger.error({ ...request }, 'no');", { ...plain, level: 'error', spreads: ['request'] }],
    ["const fields = { token, a: 1 }; parts.logger.info(fields, 'no');", { ...plain, fields: ['token', 'a'] }],
    ["const l = createLogger(o); l.info(claims, 'no');", { ...plain, spreads: ['claims'] }],
    ["function f(l: Logger) { l.info({ in: { body: request.body } }, 'no'); }", { ...plain, fields: ['in', 'body'], values: ['body'] }],
    ["logger.child({ token }).info({}, 'x');", { ...plain, level: 'child', fields: ['token'] }],
    ["logger.fatal({}, 'end');", { ...plain, level: 'fatal' }],
    ['logger.info({ a: 1 });', { ...plain, message: 'missing', fields: ['a'] }],
    ["const { body: shown } = request; logger.info({ shown }, 'asked');", { ...plain, fields: ['shown'], values: ['body'] }],
    ["const text = 'a constant'; logger.info({}, text);", plain],
  ])('reads %s', (text, expected) => {
    expect(read(text).calls).toContainEqual(expected);
  });

  it('leaves other objects alone', () => {
    expect(read("audit.error('x'); Math.log(2); dialog.info('x'); catalog.warn('y');").calls).toEqual([]);
  });

  it.each([
    ["console.log('x');", ['console.log']],
    ['const { log } = console;', ['console']],
    ["globalThis.console.warn('x');", ['console.warn']],
    ["process.stdout.write('x');", ['process.stdout']],
    ['const { stdout } = process;', ['process.stdout']],
    ["const out = process['stderr']; out.write('x');", ['process.stderr', 'process.stderr']],
    ["import host from 'node:process'; host.stdout.write('x');", ['process.stdout']],
    ["process.emitWarning('x');", ['process.emitWarning']],
    ["globalThis['console'].log('x');", ['console.log']],
    ["const say = console; say.log('x');", ['console', 'console.log']],
    ["import { debuglog } from 'node:util'; debuglog('x');", ['debuglog']],
    ["import debug from 'debug';", ['debug']],
    ["writeSync(1, 'x');", ['writeSync']],
    ["const row = { console: 1 }; row.console;", []],
  ])('finds the output of %s', (text, expected) => {
    expect(read(text).outputs.filter((api) => api !== 'console' || expected.length > 0)).toEqual(expected);
  });
});
