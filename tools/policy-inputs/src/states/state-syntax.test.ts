import { describe, expect, it } from 'vitest';

import type { Row } from '../fact-source.js';
import { parseUnit } from '../syntax-pass.js';
import { isStateName } from './state-names.js';
import { StateSets } from './state-sets.js';
import { stateSyntaxSource } from './state-syntax.js';

function read(text: string, path = 'apps/x/src/a.ts'): Record<string, readonly Row[]> {
  const unit = parseUnit({ path, project: '@arqonbus/x', isTest: /test/.test(path), isGenerated: false }, text, []);
  return stateSyntaxSource.read(unit);
}

/** Sets of states as `name form members`. */
function unions(text: string): string[] {
  const sets = new StateSets(read(text));
  return sets.stateSets().map((set) => `${String(set.name)} ${String(set.form)} ${[...sets.membersOf(set)].sort().join('|')}`).sort();
}

function writes(text: string): unknown[] {
  return (read(text).state_writes ?? []).map(({ field, values, by_table: byTable }) => [field, values, byTable]);
}

describe('isStateName()', () => {
  it('takes names that end with a word for states', () => {
    for (const name of ['state', '#phase', 'linkState', 'JOB_STATUS', 'readinessStates', 'UploadStage', 'lifecycle']) expect(isStateName(name)).toBe(true);
    for (const name of ['stateless', 'estate', 'mode', 'statement', 'restated']) expect(isStateName(name)).toBe(false);
  });
});

describe('stateSets()', () => {
  it.each([
    ["type LinkState = 'up' | 'down';", ['LinkState type down|up']],
    ["enum JobStatus { Queued = 'queued', Done = 'done' }", ['JobStatus enum done|queued']],
    ['enum Phase { A, B }', ['Phase enum A|B']],
    ["export const phases = ['a', 'b'] as const; type Phase = (typeof phases)[number];", ['phases const a|b']],
    ["const State = { A: 'a', B: 'b' } as const;", ['State object a|b']],
    ["const State = Object.freeze({ A: 1, B: 2 });", ['State object 1|2']],
    ["class C { private state: 'idle' | 'busy' = 'idle'; }", ['state inline busy|idle']],
    ["interface I { readonly linkPhase: 'a' | ('b' | 'c'); }", ['linkPhase inline a|b|c']],
    ["let status: 'a' | 'b' = 'a';", ['status inline a|b']],
    ["type Mode = 'fast' | 'slow'; interface I { state: Mode }", ['Mode type fast|slow']],
    ["const kinds = ['x', 'y'] as const; type Kind = (typeof kinds)[number]; class C { #phase: Kind | undefined; }", ['kinds const x|y']],
    ["type S = 'open' | 'closed'; class C { state: S | 'reconnecting_slowly' = 'open'; }", ['S type closed|open', 'state inline closed|open|reconnecting_slowly']],
    ["type Upload = { state: 'idle' } | { state: 'sending'; at: number };", ['Upload (tagged) tagged idle|sending']],
    ["type Upload = Readonly<{ status: 'idle' }> | Readonly<{ status: 'sending' }>;", ['Upload (tagged) tagged idle|sending']],
    ["class C { private state = 'idle'; }", ['state untyped idle']],
    ["let phase: string = flag ? 'a' : 'b';", ['phase untyped a|b']],
  ])('finds the states of %s', (text, found) => {
    expect(unions(text)).toEqual(found);
  });

  it.each([
    ["type S = 'open' | 'closed'; type Slow = 'slow'; class C { state: S | Slow = 'open'; }", ['S type closed|open', 'state inline closed|open|slow']],
    ["interface Idle { state: 'idle' } interface Busy { state: 'busy' } type Upload = Idle | Busy;", ['Upload type busy|idle']],
    ["const moves = { idle: ['busy'], busy: [] }; type UploadState = keyof typeof moves;", ['keyof moves keys busy|idle']],
    ["const xs = ['a', 'b'] as const; type UploadState = (typeof xs)[number];", ['xs const a|b']],
  ])('finds the states that %s takes from elsewhere', (text, found) => {
    expect(unions(text)).toEqual(found);
  });

  it.each([
    "type Mode = 'fast' | 'slow';",
    "const names = ['a', 'b'] as const;",
    "const status = 'ok';",
    "class C { readonly status = 'ok'; }",
    "type S = 'a' | 'b' | 'c'; type Known = Exclude<S, 'a'>;",
    'interface I { state: string; status: number }',
    "type Result = { kind: 'a' } | { kind: 'b' };",
  ])('finds none in %s', (text) => {
    expect(unions(text)).toEqual([]);
  });
});

describe('state_writes', () => {
  it('tells what comes from a table from what does not', () => {
    expect(writes('class C { f() { const next = xTransitions[this.state][e]; this.state = next; } }')).toEqual([['state', [], true]]);
    expect(writes('task.state = taskTransitions[task.state][e] ?? task.state;')).toEqual([['state', [], true]]);
    expect(writes("task.state = taskTransitions[task.state][e] ?? 'open';")).toEqual([['state', ['open'], false]]);
    expect(writes("this.state = 'open' as never;")).toEqual([['state', ['open'], false]]);
    expect(writes("this['state'] = ok ? 'open' : 'closed';")).toEqual([['state', ['open', 'closed'], false]]);
    expect(writes("this.#phase ??= 'live';")).toEqual([['phase', ['live'], false]]);
    expect(writes('set(state) { this.state = state; }'.replace('set(state)', 'function set(state)'))).toEqual([['state', [], false]]);
    expect(writes("Object.assign(task, { state: 'done' }); Reflect.set(task, 'state', 'done');")).toEqual([['state', ['done'], false], ['state', ['done'], false]]);
  });
});

describe('transition_tables', () => {
  it('reads tables of literals, and says when a part is computed', () => {
    const [table] = read("export const aTransitions: T = { on: { stop: 'off' }, off: {} } as const;").transition_tables ?? [];
    expect(table).toMatchObject({ name: 'aTransitions', states: ['on', 'off'], arrows: ['on stop off'], is_whole: true });
    for (const text of ['const aTransitions = { ...more };', 'const aTransitions = { on: make() };', 'const aTransitions = { on: { stop: other } };', 'const aTransitions = build();']) {
      expect(read(text).transition_tables?.[0]).toMatchObject({ is_whole: false });
    }
  });
});

describe('machine_drives', () => {
  const drive = (before: string, after = ''): unknown => {
    const { machine_drives: drives } = read(`const reach = { up, down: () => 1 }; ${before} driveMachine<Rig>(it, { document: 'link', reach, events: { cut() {}, 'dial': f } }); ${after}`, 'apps/x/test/a.test.ts');
    return drives?.map(({ document, reach, events, live }) => [document, reach, events, live]);
  };

  it('names what a live call reaches and makes', () => {
    expect(drive("describe('link', () => {", '});')).toEqual([['link', ['up', 'down'], ['cut', 'dial'], true]]);
  });

  it('takes no skipped or conditional call for live', () => {
    expect(drive("describe.skip('link', () => {", '});')).toEqual([['link', ['up', 'down'], ['cut', 'dial'], false]]);
    expect(drive('if (process.env.ALL) {', '}')).toEqual([['link', ['up', 'down'], ['cut', 'dial'], false]]);
  });

  it('finds the invariants that titles name', () => {
    const { invariant_tests: found } = read("it('I-1 holds', f); it.skip('I-2 holds', f); test.each(x)('I-3 and I-4', f); it.todo('I-5'); describe('I-6', f);", 'apps/x/test/a.test.ts');
    expect(found?.map(({ id, live }) => [id, live])).toEqual([['I-1', true], ['I-2', false], ['I-3', true], ['I-4', true]]);
  });
});
