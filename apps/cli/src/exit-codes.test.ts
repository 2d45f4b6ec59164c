import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderOverview } from './command-line/render-help.js';
import { commandTable } from './command-table.js';
import { exitCodes } from './exit-codes.js';

const documentation = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');

describe('exitCodes', () => {
  it('are the rows of docs/cli.md, no more and no fewer', () => {
    const section = documentation.slice(documentation.indexOf('## Exit codes'));
    const documented = [...section.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => ({ code: Number(code), meaning }));
    expect(documented).toEqual(Object.values(exitCodes));
  });

  it('are shown by arqon --help', () => {
    const help = renderOverview(commandTable);
    for (const { code, meaning } of Object.values(exitCodes)) expect(help).toContain(`${String(code).padStart(3)}  ${meaning}`);
  });

  it('differ', () => {
    const codes = Object.values(exitCodes).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe('docs/cli.md', () => {
  it.each(commandTable.map(({ name }) => name))('lists arqon %s', (name) => {
    expect(documentation).toMatch(new RegExp(`^\\| \`arqon ${name}\\b`, 'm'));
  });
});
