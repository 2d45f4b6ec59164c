import { describe, expect, it } from 'vitest';

import { readSnippet } from '../testing/unit.fixture.js';

import { readComments, withoutComments } from './comment-text.js';
import { markersIn, scriptMarkerSource } from './work-markers.js';

const later = ['TO', 'DO'].join('');
const broken = ['FIX', 'ME'].join('');
const read = (text: string): unknown[] => readSnippet(scriptMarkerSource, 'work_markers', text, 'libs/x/src/a.ts').map(({ line, marker, td, owner }) => [line, marker, td, owner]);
const readFile = (path: string, text: string): unknown[] => readComments(path, text).flatMap(markersIn).map(({ line, marker }) => [line, marker]);

describe('markers in scripts', () => {
  it.each([
    [`// ${later}: later`, [1, later, [], '']],
    [`/* ${broken}(bob): x TD-001 */`, [1, broken, ['TD-001'], 'bob']],
    [`/** @${later.toLowerCase()} x TD-002 */`, [1, later, ['TD-002'], '']],
    [`call(a, // ${broken.toLowerCase()} b\n  c);`, [1, broken, [], '']],
    [`function f() { /* ${later} */ }`, [1, later, [], '']],
    [`// TD-004 ${later}(@arqonbus/spine) x`, [1, later, ['TD-004'], '@arqonbus/spine']],
    [`// ${later}_LATER x`, [1, later, [], '']],
    [`// ${later}\n// see TD-005`, [1, later, ['TD-005'], '']],
  ])('reads %s', (text, row) => {
    expect(read(text)).toEqual([row]);
  });

  it.each([`const a = '${later}: x';`, `const a = \`${later}\`;`, `const a = /\\/\\/ ${later}/;`, '// a method of the hacker', `// ${later}LIST`])('leaves %s', (text) => {
    expect(read(text)).toEqual([]);
  });

  it('reads code that is not finished', () => {
    const forms = (text: string): unknown[] => readSnippet(scriptMarkerSource, 'unfinished_code', text, 'libs/x/src/a.ts').map(({ form }) => form);
    expect(forms('debugger;')).toEqual(['debugger']);
    expect(forms("throw new Error('Not implemented yet');")).toEqual(['unimplemented']);
    expect(forms("f(() => Promise.reject(new Error('unimplemented')));")).toEqual(['unimplemented']);
    expect(forms("throw new Error('the opcode of a frame that is fragmented is not implemented by this peer');")).toEqual([]);
  });
});

describe('markers in other files', () => {
  it.each([
    ['a.yml', `a: "# ${later}"\nb: x # ${later}\n`, [[2, later]]],
    ['a.yml', `run: |\n  echo\n  # ${broken}\n`, [[3, broken]]],
    ['a.py', `"""${later}"""\nx = "# ${later}"\ny = 1  # ${later}\n`, [[3, later]]],
    ['a.sh', `echo "don't # ${later}"\necho $# # ${broken}\n`, [[2, broken]]],
    ['a.proto', `// ${later}\n/* x\n * ${broken} */`, [[1, later], [3, broken]]],
    ['a.rego', `# ${later}\nx := "# ${later}"`, [[1, later]]],
    ['a.sql', `select '-- ${later}'; -- ${later}`, [[1, later]]],
    ['a.md', `${later}\n<!-- ${later} -->`, [[2, later]]],
    ['b.md', `${later} is a word\n\n- [ ] ${later}: write this\n\n\`\`\`sh\n${later}: no\n\`\`\``, [[3, later]]],
    ['settings.env.example', `# ${later}`, [[1, later]]],
    ['Dockerfile', `FROM x\n# ${later}`, [[2, later]]],
    ['a.txt', `# ${later}`, []],
  ])('reads %s', (path, text, expected) => {
    expect(readFile(path, text)).toEqual(expected);
  });

  it('blanks comments and strings and keeps the lines', () => {
    expect(withoutComments('a.py', 'a = "b" # c\nd', { strings: true })).toBe('a =        \nd'.replace('a =        ', 'a =' + ' '.repeat(8)));
  });
});
