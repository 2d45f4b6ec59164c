import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileRegistry, fromBinary, type DescEnum, type DescEnumValue, type DescField, type DescFile, type DescMessage } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { createTempFolder } from '@arqonbus/testkit';
import { REPOSITORY_ROOT } from './repository-root.js';

/**
 * Builds `proto/` with buf, comments included, and returns the files of one package in the given order of base names.
 * Throws what buf says when the contract does not build, and Error for a file that is not in the order.
 */
export function readContract(packageName: string, order: readonly string[]): DescFile[] {
  const folder = createTempFolder('arqon-contract-');
  try {
    const image = folder.file('contract.binpb');
    writeDescriptorSet(image);
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(image)));
    const files = [...registry.files].filter((file) => file.proto.package === packageName);
    const rank = (file: DescFile): number => {
      const place = order.findIndex((name) => file.name.endsWith(`/${name}`));
      if (place < 0) throw new Error(`${file.name} has no place in the reference: add it to the order`);
      return place;
    };
    return files.sort((a, b) => rank(a) - rank(b));
  } finally {
    folder.remove();
  }
}

/** Writes the contract as a FileDescriptorSet, source info included. */
export function writeDescriptorSet(path: string): void {
  const buf = join(REPOSITORY_ROOT, 'node_modules/@bufbuild/buf/bin/buf');
  execFileSync(process.execPath, [buf, 'build', '--as-file-descriptor-set', '-o', path], { cwd: REPOSITORY_ROOT, stdio: 'pipe' });
}

/** The comment above a top-level message or enum, or above a field or value of one, as one line; empty when there is none. */
export function commentOf(desc: DescMessage | DescEnum | DescField | DescEnumValue): string {
  const owner = desc.kind === 'field' || desc.kind === 'enum_value' ? desc.parent : desc;
  const { proto } = owner.file;
  // Paths by descriptor.proto: messages are field 4 of a file, enums 5; fields and values are field 2 of those.
  const ownerPath = owner.kind === 'message' ? [4, proto.messageType.indexOf(owner.proto)] : [5, proto.enumType.indexOf(owner.proto)];
  const path = owner === desc ? ownerPath : [...ownerPath, 2, indexIn(desc)];
  const location = proto.sourceCodeInfo?.location.find((one) => one.path.length === path.length && one.path.every((step, at) => step === path[at]));
  return (location?.leadingComments ?? '').trim().replace(/\s*\n\s*/g, ' ');
}

function indexIn(desc: DescMessage | DescEnum | DescField | DescEnumValue): number {
  if (desc.kind === 'field') return desc.parent.proto.field.indexOf(desc.proto);
  return desc.kind === 'enum_value' ? desc.parent.proto.value.indexOf(desc.proto) : -1;
}
