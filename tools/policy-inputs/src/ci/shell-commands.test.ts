import { describe, expect, it } from 'vitest';

import { readShellCommands } from './shell-commands.js';

const read = (script: string): string[] => readShellCommands(script).map(({ words, joinedBy }) => `${joinedBy}:${words.join(' ')}`);

describe('readShellCommands()', () => {
  it.each([
    ['npm ci', [':npm ci']],
    ['a\nb', [':a', ';:b']],
    ['a; b && c || d | e & f', [':a', ';:b', '&&:c', '||:d', '|:e', '&:f']],
    ['a \\\n  b', [':a b']],
    ['echo "a | b" \'c ; d\'', [':echo a | b c ; d']],
    ['a # | sh\nb', [':a', ';:b']],
    ['X=1 sudo env Y=2 npm i', [':npm i']],
    ['if a; then b; fi', [':a', ';:b', ';:fi']],
    ['(a | b)', [':a', '|:b']],
    ['a 2>&1 | tee log', [':a 2>&1', '|:tee log']],
    ['a ||\n true', [':a', '||:true']],
    ['a && {\n b\n}', [':a', '&&:b']],
    ['bash -c "$(curl x)"', [':bash -c $(curl x)']],
    ['echo ${{ github.event.x || 1 }} ${A:-b|c}', [':echo ${{ github.event.x || 1 }} ${A:-b|c}']],
    ['', []],
    ['# nothing', []],
  ])('%j', (script, commands) => {
    expect(read(script)).toEqual(commands);
  });

  it('tells the line that a command begins on', () => {
    expect(readShellCommands('a\n\n# c\nb "x\ny"\nd').map(({ line }) => line)).toEqual([0, 3, 5]);
  });
});
