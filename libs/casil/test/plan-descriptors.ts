import { create, createFileRegistry, toBinary, type DescMessage } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label, FieldDescriptorProto_Type as Type, FileDescriptorSetSchema, type FileDescriptorSet,
} from '@bufbuild/protobuf/wkt';

const typeName = '.acme.v1.Plan';

/** One file with a message that has every kind of field that reading and redaction tell apart, itself nested included. */
function planFile(): FileDescriptorSet {
  const one = Label.OPTIONAL;
  const many = Label.REPEATED;
  const entry = (name: string, value: { type: Type; typeName?: string }) => ({
    name, options: { mapEntry: true },
    field: [
      { name: 'key', number: 1, label: one, type: Type.STRING },
      { name: 'value', number: 2, label: one, ...value },
    ],
  });
  return create(FileDescriptorSetSchema, {
    file: [{
      name: 'acme/v1/plan.proto', package: 'acme.v1', syntax: 'proto3',
      messageType: [{
        name: 'Plan',
        field: [
          { name: 'title', number: 1, label: one, type: Type.STRING },
          { name: 'blob', number: 2, label: one, type: Type.BYTES },
          { name: 'account_number', number: 3, label: one, type: Type.UINT64, jsonName: 'accountNumber' },
          { name: 'delta', number: 4, label: one, type: Type.SINT32 },
          { name: 'ratio', number: 5, label: one, type: Type.DOUBLE },
          { name: 'steps', number: 6, label: many, type: Type.MESSAGE, typeName },
          { name: 'labels', number: 7, label: many, type: Type.MESSAGE, typeName: `${typeName}.LabelsEntry` },
          { name: 'codes', number: 8, label: many, type: Type.INT32 },
          { name: 'names', number: 20, label: many, type: Type.STRING },
          { name: 'parts', number: 21, label: many, type: Type.MESSAGE, typeName: `${typeName}.PartsEntry` },
          { name: 'active', number: 22, label: one, type: Type.BOOL },
          { name: 'checksum', number: 23, label: one, type: Type.FIXED32 },
        ],
        nestedType: [entry('LabelsEntry', { type: Type.STRING }), entry('PartsEntry', { type: Type.MESSAGE, typeName })],
      }],
    }],
  });
}

/** The binary descriptor set of `acme.v1.Plan`. */
export function planDescriptorSet(): Uint8Array {
  return toBinary(FileDescriptorSetSchema, planFile());
}

/** The message type as the Protobuf library sees it, to encode and to check with. */
export function planDescriptor(): DescMessage {
  const plan = createFileRegistry(planFile()).getMessage('acme.v1.Plan');
  if (plan === undefined) throw new Error('acme.v1.Plan is not in its own file');
  return plan;
}
