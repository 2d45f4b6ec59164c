import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createTempFolder } from '@arqonbus/testkit';

import { readRules, registryFile, renderRegistry } from '../src/rules/read-rules.js';

/** Columns of the one table that the packs of a test know. */
export const tables = { things: ['size'] };

const goodRow = { file: 'a.ts', line: 1, project: 'p', size: 1 };
const badRow = { ...goodRow, size: 2 };
export const goodCases = { pass: [{ things: [goodRow] }], fail: [{ things: [badRow] }] };

/** Text of a `rule.rego` with whole metadata; `changes` replace lines by their key, an empty text drops one. */
export function regoOf(id: string, changes: Readonly<Record<string, string>> = {}): string {
  const [category = ''] = id.split('.');
  const lines: Record<string, string> = {
    mark: '# METADATA',
    title: `# title: Title of ${id}`,
    description: '# description: What it wants.',
    scope: '# scope: package',
    custom: '# custom:',
    id: `#   id: ${id}`,
    severity: '#   severity: high',
    category: `#   category: ${category}`,
    requirements: '#   requirements: [J1]',
    fix: '#   fix: Do it the other way.',
    package: `package arqonbus.${id}`,
    reads: 'reads := {"things": {"size"}}',
    deny: 'deny contains "x" if false',
    ...changes,
  };
  return `${Object.values(lines).filter((line) => line !== '').join('\n')}\n`;
}

/** A folder like `policies`. */
export interface Packs {
  readonly path: string;
  /** Writes one file of a rule, or of the folder itself. */
  readonly write: (path: string, text: string) => void;
  /** Adds a whole rule. */
  readonly add: (id: string, changes?: Readonly<Record<string, string>>, cases?: unknown) => void;
  /** Writes the registry as the rules are now. */
  readonly register: () => void;
  readonly remove: () => void;
}

export function makePacks(): Packs {
  const { path, remove } = createTempFolder();
  const write = (file: string, text: string): void => {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), text);
  };
  const add = (id: string, changes: Readonly<Record<string, string>> = {}, cases: unknown = goodCases): void => {
    const folder = id.replace('.', '/');
    write(`${folder}/rule.rego`, regoOf(id, changes));
    write(`${folder}/rule_test.rego`, `package arqonbus.${id}_test\n`);
    write(`${folder}/rule.md`, `# ${id}\n\nWhy it is so.\n`);
    write(`${folder}/cases.json`, JSON.stringify(cases));
  };
  return { path, write, add, register: () => write(registryFile, renderRegistry(readRules(path))), remove };
}
