import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { createTempFolder } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';

import { collectFacts, type Facts } from '../collect-facts.js';
import type { Row } from '../fact-source.js';
import { openWorkspace } from '../workspace.js';
import { stateMachineSource } from './state-machines.js';
import { stateSyntaxSource } from './state-syntax.js';

const code = `export type DoorState = 'shut' | 'open';
export const doorTransitions = { shut: { opened: 'open' }, open: {} } as const;
export class Door {
  state: DoorState = 'shut';
  step(event: 'opened'): void {
    this.state = doorTransitions[this.state][event] ?? this.state;
  }
}
`;
const test = "driveMachine(it, { document: 'door', reach: { shut, open }, events: { opened } });\nit('I-1 is never both', run);\n";
const document = [
  '# Door', '## Code', '| part | file | name |', '| --- | --- | --- |', '| states | libs/x/src/door.ts | DoorState |', '| transitions | libs/x/src/door.ts | doorTransitions |',
  '| field | libs/x/src/door.ts | Door.state |', '| test | libs/x/test/door.test.ts | - |', '## States', '| state | kind | meaning |', '| --- | --- | --- |', '| shut | initial | a |',
  '| open | terminal | b |', '## Events', '| event | meaning |', '| --- | --- |', '| opened | c |', '## Transitions', '| from | event | to | action |', '| --- | --- | --- | --- |',
  '| shut | opened | open | d |', '## Invariants', '| id | invariant |', '| --- | --- |', '| I-1 | e |', '',
].join('\n');

/** Facts of a small workspace with one machine, some of whose files are replaced. */
async function factsOf(changes: Readonly<Record<string, string>> = {}): Promise<Facts> {
  const folder = createTempFolder();
  const files = { 'libs/x/package.json': '{"name":"@arqonbus/x"}', 'libs/x/src/door.ts': code, 'libs/x/test/door.test.ts': test, 'docs/state_machines/door.md': document, ...changes };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(folder.file(path)), { recursive: true });
    writeFileSync(folder.file(path), text);
  }
  const facts = await collectFacts(openWorkspace({ root: folder.path, base: '' }), {
    syntaxSources: [stateSyntaxSource], workspaceSources: [stateMachineSource], keptPath: folder.file('kept.json'),
  });
  folder.remove();
  return facts;
}

const rows = (facts: Facts, table: string): readonly Row[] => facts[table] as readonly Row[];

describe('state machines', () => {
  it('tells a machine that document, code and test agree on', async () => {
    const facts = await factsOf();
    expect(rows(facts, 'machines')).toMatchObject([{
      name: 'door', project: '@arqonbus/x', states_found: true, table_found: true, table_whole: true, table_used: true, field_found: true, tests_found: true, driven: 1, code_changed: false,
    }]);
    expect(rows(facts, 'machine_states')).toMatchObject([{ state: 'shut', in_doc: true, in_code: true, initial: true }, { state: 'open', in_doc: true, in_code: true, terminal: true }]);
    expect(rows(facts, 'machine_transitions')).toMatchObject([{ from: 'shut', event: 'opened', to: 'open', in_doc: true, in_code: true, tested: true }]);
    expect(rows(facts, 'machine_invariants')).toMatchObject([{ id: 'I-1', tested: true }]);
    expect(rows(facts, 'state_unions')).toMatchObject([{ name: 'DoorState', documented: true }]);
    expect(rows(facts, 'state_writes')).toMatchObject([{ field: 'state', by_table: true }]);
  });

  it('tells a state and a transition that the code alone has, where the code is', async () => {
    const facts = await factsOf({ 'libs/x/src/door.ts': code.replace("| 'open'", "| 'open' | 'ajar'").replace('open: {}', "open: { kicked: 'ajar' }") });
    expect(rows(facts, 'machine_states')).toContainEqual(expect.objectContaining({ file: 'libs/x/src/door.ts', line: 1, state: 'ajar', in_doc: false, in_code: true }));
    expect(rows(facts, 'machine_transitions')).toContainEqual(expect.objectContaining({ file: 'libs/x/src/door.ts', line: 2, from: 'open', event: 'kicked', to: 'ajar', in_doc: false }));
  });

  it('tells what the code and the test do not have', async () => {
    const facts = await factsOf({ 'libs/x/src/door.ts': code.replaceAll('DoorState', 'GateState'), 'libs/x/test/door.test.ts': test.replace('shut, ', '').replace("it('I-1", "it.skip('I-1") });
    expect(rows(facts, 'machines')).toMatchObject([{ states_found: false, table_found: true }]);
    expect(rows(facts, 'machine_transitions')).toMatchObject([{ tested: false }]);
    expect(rows(facts, 'machine_invariants')).toMatchObject([{ tested: false }]);
    expect(rows(facts, 'state_unions')).toMatchObject([{ name: 'GateState', documented: false }]);
  });

  it('tells a document that cannot be read', async () => {
    const facts = await factsOf({ 'docs/state_machines/door.md': document.replace('## Events', '## Happenings') });
    expect(rows(facts, 'machines')).toEqual([]);
    expect(rows(facts, 'machine_document_faults')).toMatchObject([{ document: 'docs/state_machines/door.md', line: 14 }]);
  });
});
