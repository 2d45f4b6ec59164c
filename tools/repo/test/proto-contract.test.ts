import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { COMMITTED_CODE, findGeneratedDrift } from '../src/generated-drift.js';
import { WORKSPACE_ROOT } from '../src/workspace.js';

const BUF = join(WORKSPACE_ROOT, 'node_modules/.bin/buf');
const BASELINE = join(WORKSPACE_ROOT, 'policies/data/baselines/descriptor.binpb');
const POSITION = 'arqon/v1/position.proto';
/** Exit code of buf for findings; 1 is a failure to run. */
const FINDINGS = 100;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arqon-contract-'));
  cpSync(join(WORKSPACE_ROOT, 'proto'), join(folder, 'proto'), { recursive: true });
  cpSync(join(WORKSPACE_ROOT, 'buf.yaml'), join(folder, 'buf.yaml'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

function buf(...args: string[]): { status: number | null; output: string } {
  const result = spawnSync(BUF, args, { cwd: folder, encoding: 'utf8' });
  return { status: result.status, output: result.stdout + result.stderr };
}

describe('buf breaking', () => {
  it('accepts the contract as it is', () => {
    expect(buf('breaking', '--against', BASELINE)).toEqual({ status: 0, output: '' });
  });

  it('refuses a changed field number', () => {
    edit(`proto/${POSITION}`, 'uint64 sequence = 3;', 'uint64 sequence = 4;');
    const { status, output } = buf('breaking', '--against', BASELINE);
    expect(status).toBe(FINDINGS);
    expect(output).toContain('Previously present field "3"');
  });

  it('refuses a changed field type', () => {
    edit(`proto/${POSITION}`, 'uint64 sequence = 3;', 'string sequence = 3;');
    expect(buf('breaking', '--against', BASELINE).status).toBe(FINDINGS);
  });

  it('accepts an added field', () => {
    edit(`proto/${POSITION}`, 'uint64 sequence = 3;', 'uint64 sequence = 3;\n  string added = 4;');
    expect(buf('breaking', '--against', BASELINE).status).toBe(0);
  });
});

describe('buf lint', () => {
  it('refuses a field that is not in snake case', () => {
    edit(`proto/${POSITION}`, 'uint64 sequence = 3;', 'uint64 sequence = 3;\n  string addedField = 4;');
    expect(buf('lint').status).toBe(FINDINGS);
  });
});

describe('findGeneratedDrift()', () => {
  it('finds none in the committed code', () => {
    expect(findGeneratedDrift()).toEqual([]);
  });

  it('names the file that a contract change leaves out of date', () => {
    edit(`proto/${POSITION}`, 'uint64 sequence = 3;', 'uint64 sequence = 3;\n  string added = 4;');
    expect(findGeneratedDrift({ ...COMMITTED_CODE, protoFolder: join(folder, 'proto') })).toEqual(['out of date: arqon/v1/position_pb.ts']);
  });

  it('notices a new message that the index does not export', () => {
    edit(`proto/${POSITION}`, 'message Position', 'message Added {}\n\nmessage Position');
    expect(findGeneratedDrift({ ...COMMITTED_CODE, protoFolder: join(folder, 'proto') })).toContain('out of date: index.ts');
  });

  it('names generated code that has no contract any more', () => {
    const genFolder = join(folder, 'gen');
    cpSync(COMMITTED_CODE.genFolder, genFolder, { recursive: true });
    writeFileSync(join(genFolder, 'arqon/v1/old_pb.ts'), 'export {};\n');
    expect(findGeneratedDrift({ ...COMMITTED_CODE, genFolder })).toEqual(['not generated any more: arqon/v1/old_pb.ts']);
  });

  it('reports a contract that does not compile', () => {
    edit(`proto/${POSITION}`, 'uint64 sequence = 3;', 'nonsense');
    expect(() => findGeneratedDrift({ ...COMMITTED_CODE, protoFolder: join(folder, 'proto') })).toThrow(/buf generate failed/);
  });
});
