import { describe, expect, it } from 'vitest';
import { compareMachine } from './drive-machine.js';
import { MachineDocumentError, readMachineDocument } from './read-machine-document.js';

const text = `# Door

## Code

| part | file | name |
| --- | --- | --- |
| states | \`a.ts\` | \`DoorState\` |
| transitions | \`a.ts\` | \`doorTransitions\` |
| field | \`a.ts\` | \`Door.state\` |
| test | \`a.test.ts\` | - |

## States

| state | kind | meaning |
| --- | --- | --- |
| shut | initial | Nobody passes. |
| open | terminal | Everybody does. |

## Events

| event | meaning |
| --- | --- |
| opened | Somebody opens it. |

## Transitions

| from | event | to | action |
| --- | --- | --- | --- |
| shut | opened | open | It creaks. |

## Invariants

| id | invariant |
| --- | --- |
| I-1 | It is never both. |
`;

describe('readMachineDocument()', () => {
  it('reads a document', () => {
    const document = readMachineDocument(text);
    expect(document).toMatchObject({ title: 'Door', endless: '', transitions: [{ from: 'shut', event: 'opened', to: 'open', action: 'It creaks.', line: 29 }] });
    expect(document.parts.map(({ part, file, name }) => [part, file, name])).toEqual([
      ['states', 'a.ts', 'DoorState'], ['transitions', 'a.ts', 'doorTransitions'], ['field', 'a.ts', 'Door.state'], ['test', 'a.test.ts', '-'],
    ]);
    expect(document.states.map(({ name, kind }) => [name, kind])).toEqual([['shut', 'initial'], ['open', 'terminal']]);
  });

  it.each([
    ['a section that it does not know', '## Events', '## Happenings'],
    ['a section twice', '## Events', '## States'],
    ['a deeper heading', '## Events', '### Events'],
    ['other columns', '| event | meaning |', '| event | text |'],
    ['a missing ruler', '| --- | --- |\n| opened', '| opened'],
    ['a missing cell', '| opened | Somebody opens it. |', '| opened |'],
    ['an empty cell', 'Somebody opens it.', ' '],
    ['an open row', 'It is never both. |', 'It is never both.'],
    ['a second table', '| I-1 | It is never both. |', '| I-1 | It is never both. |\n\n| a | b |'],
    ['a state twice', '| open | terminal |', '| shut | terminal |'],
    ['an unknown kind', 'terminal', 'final'],
    ['no initial state', 'initial', 'normal'],
    ['an unknown state', '| open | It creaks.', '| ajar | It creaks.'],
    ['an unknown event', '| shut | opened |', '| shut | kicked |'],
    ['an unused event', '| opened | Somebody opens it. |', '| opened | Somebody opens it. |\n| kicked | Somebody kicks it. |'],
    ['a pair twice', '| shut | opened | open | It creaks. |', '| shut | opened | open | It creaks. |\n| shut | opened | shut | It does not. |'],
    ['a number that is none', '| I-1 |', '| 1 |'],
    ['no test', '| test | `a.test.ts` | - |\n', ''],
    ['no title', '# Door', 'Door'],
  ])('refuses %s', (_, before, after) => {
    expect(text).toContain(before);
    expect(() => readMachineDocument(text.replace(before, after))).toThrow(MachineDocumentError);
  });
});

describe('compareMachine()', () => {
  const document = readMachineDocument(text);
  const whole = { table: { shut: { opened: 'open' }, open: {} }, reach: { shut: 1, open: 1 }, events: { opened: 1 } };

  it('passes when document, code and test agree', () => {
    expect(() => { compareMachine(document, whole); }).not.toThrow();
  });

  it.each([
    ['shut opened open', { ...whole, table: { shut: {}, open: {} } }],
    ['open shut shut', { ...whole, table: { shut: { opened: 'open' }, open: { shut: 'shut' } } }],
    ['ajar', { ...whole, table: { ...whole.table, ajar: {} } }],
    ['does not reach: open', { ...whole, reach: { shut: 1 } }],
    ['does not make: opened', { ...whole, events: {} }],
    ['only in the test: ajar', { ...whole, reach: { ...whole.reach, ajar: 1 } }],
  ])('names %s', (what, drive) => {
    expect(() => { compareMachine(document, drive); }).toThrow(what);
  });
});
