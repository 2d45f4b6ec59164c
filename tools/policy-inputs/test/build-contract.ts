import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { createTempFolder } from '@arqonbus/testkit';
import { fromBinary, fromJsonString, toBinary, toJsonString } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

import { readContract, type Contract } from '../src/protocol/contract.js';

const BUF = resolve(import.meta.dirname, '../../../node_modules/@bufbuild/buf/bin/buf');

function buildImage(files: Readonly<Record<string, string>>): Uint8Array {
  const folder = createTempFolder('arqon-contract-test-');
  try {
    for (const [path, text] of Object.entries({ 'buf.yaml': 'version: v2\nmodules:\n  - path: proto\n', ...files })) {
      const target = join(folder.path, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    const result = spawnSync(process.execPath, [BUF, 'build', '--as-file-descriptor-set', '-o', '-'], { cwd: folder.path });
    if (result.status !== 0) throw new Error(result.stderr.toString());
    return result.stdout;
  } finally {
    folder.remove();
  }
}

/** Builds a contract of files by path. @throws Error with what buf says */
export function buildContract(files: Readonly<Record<string, string>>): Contract {
  return readContract(buildImage(files));
}

function sourceOf(body: string, syntax: string, packageName: string): string {
  return `${syntax}\npackage ${packageName};\n${body}\n`;
}

/** The contract of one file, `arqon/test/v1/a.proto`. */
export function contractOf(body: string, syntax = 'syntax = "proto3";'): Contract {
  return buildContract({ 'proto/arqon/test/v1/a.proto': sourceOf(body, syntax, 'arqon.test.v1') });
}

/** As contractOf for many bodies, with one run of buf: each is built in a package of its own, which then gets the common name. */
export function contractsOf(bodies: readonly string[]): Contract[] {
  const name = (index: number): string => `arqon.case${String(index)}.v1`;
  const files = bodies.map((body, index): [string, string] => [`proto/arqon/case${String(index)}/v1/a.proto`, sourceOf(body, 'syntax = "proto3";', name(index))]);
  const { file } = fromBinary(FileDescriptorSetSchema, buildImage(Object.fromEntries(files)));
  return bodies.map((_, index) => {
    const own = file.filter((one) => one.package === name(index));
    const text = toJsonString(FileDescriptorSetSchema, { $typeName: FileDescriptorSetSchema.typeName, file: own });
    const renamed = text.replaceAll(name(index), 'arqon.test.v1').replaceAll(`arqon/case${String(index)}/v1`, 'arqon/test/v1');
    return readContract(toBinary(FileDescriptorSetSchema, fromJsonString(FileDescriptorSetSchema, renamed)));
  });
}
