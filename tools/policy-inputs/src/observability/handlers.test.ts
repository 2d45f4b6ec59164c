import { describe, expect, it } from 'vitest';

import type { Row } from '../fact-source.js';
import { parseUnit } from '../syntax-pass.js';
import { handlerSource } from './handlers.js';

function read(text: string): Readonly<Record<string, readonly Row[]>> {
  return handlerSource.read(parseUnit({ path: 'apps/spine/src/a.ts', project: '@arqonbus/spine', isTest: false, isGenerated: false }, text, []));
}

const handlersOf = (text: string): readonly string[] => (read(text).handlers ?? []).map(({ kind, name, counted }) => [kind, name, counted].map(String).join(' '));

describe('handlers', () => {
  it.each([
    ["app.get('/x', (req, res) => { res.end(); });", 'route get /x false'],
    ["app.get('/x', () => { counters.requests += 1; });", 'route get /x true'],
    ["router.post('/x', handle); function handle() { count(); } function count() { requests.counter.add(1); }", 'route post /x true'],
    ['createServer((request, response) => { response.end(); });', 'server createServer false'],
    ["const s = createServer(); s.addListener('request', () => undefined);", 'server request false'],
    ["server.on('request', () => undefined);", 'server request false'],
    ["const routes = [{ method: 'GET', path: '/y', control: false, handler: () => ok }];", 'admin_route /y false'],
    ["const table = { ping: { summary: 'x', needs: 'y', run: ping } };", 'command ping false'],
    ['class Door implements TransportHandlers<Seat> { message() { this.take(); } take() { this.counters.frames += 1; } }', 'door Door.message true'],
    ['class Door implements TransportHandlers<Seat> { message() { this.parts.intake.handle(1); } }', 'door Door.message false'],
  ])('reads %s', (text, expected) => {
    expect(handlersOf(text)).toEqual([expected]);
  });

  it('tells what a door goes through', () => {
    const { handlers } = read('class Door implements TransportHandlers<Seat> { message() { this.run(); } run() { this.parts.intake.handle(1); } }');
    expect(handlers?.[0]?.through).toEqual(['intake.handle']);
  });

  it('follows the ways into a dispatcher', () => {
    const dispatcher = (body: string): unknown => read(`import { commandTable } from './command-table.js'; class Commands { ${body} private call(name) { return commandTable[name].run(); } }`).dispatches?.[0]?.counted;
    expect(dispatcher('run(name) { this.counters.set(name, 1); this.call(name); }')).toBe(true);
    expect(dispatcher('run(name) { this.call(name); }')).toBe(false);
    expect(dispatcher('run(name) { this.counters.set(name, 1); this.call(name); } other(name) { this.call(name); }')).toBe(false);
  });

  it('sees a command called by name', () => {
    const { handler_uses: uses } = read("import { join } from './join.js'; join(context, call, value);");
    expect(uses?.map(({ name, use }) => `${String(name)} ${String(use)}`)).toEqual(['join called']);
  });
});
