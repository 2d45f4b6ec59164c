import { createFileRegistry, createRegistry, fromBinary, ScalarType, toJson, type DescEnum, type DescField, type DescFile, type DescMessage, type DescService, type FileRegistry, type JsonValue } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence, FieldOptionsSchema, FileDescriptorSetSchema, OneofOptionsSchema, type FileDescriptorProto } from '@bufbuild/protobuf/wkt';

/** How a reader tells that a field was set. */
export type Presence = 'implicit' | 'optional' | 'oneof' | 'message' | 'repeated' | 'map' | 'required';

export type ElementKind = 'file' | 'message' | 'field' | 'enum' | 'enum_value' | 'service' | 'method';

/** One thing that a contract declares. Columns that a kind has not are empty. */
export interface ContractElement {
  readonly kind: ElementKind;
  /** Full name; a value of an enum is named below its enum, a file by its path in the module. */
  readonly name: string;
  readonly parent: string;
  /** Path in the module. */
  readonly file: string;
  readonly line: number;
  /** The comments before and behind it, on one line. */
  readonly comment: string;
  readonly isDeprecated: boolean;
  /** Of fields and values of enums, else -1. */
  readonly number: number;
  /** Of a field its type, of a method what goes in and out. */
  readonly type: string;
  readonly presence: Presence | '';
  /** The oneof that a field is in. */
  readonly oneof: string;
  readonly jsonName: string;
  /** By label, feature, or an option of a validator. */
  readonly isRequired: boolean;
}

export interface Reserved {
  /** First and last number, both inclusive. */
  readonly ranges: readonly (readonly [number, number])[];
  readonly names: readonly string[];
}

/** A set of descriptors, flat. */
export interface Contract {
  readonly files: ReadonlyMap<string, { readonly packageName: string; readonly syntax: string }>;
  readonly elements: ReadonlyMap<string, ContractElement>;
  /** By name of message or enum. */
  readonly reserved: ReadonlyMap<string, Reserved>;
  readonly protos: readonly FileDescriptorProto[];
}

interface Place { readonly line: number; readonly comment: string }

type Described = Pick<ContractElement, 'kind' | 'name' | 'parent' | 'isDeprecated'> & Partial<ContractElement>;

const FOREIGN = /^google\/protobuf\//;
/** Numbers of descriptor.proto: where the lists of a file, a message, an enum and a service stand. */
const AT = { fileMessages: 4, fileEnums: 5, fileServices: 6, fields: 2, nestedMessages: 3, nestedEnums: 4, values: 2, methods: 2 };

function placesOf(file: FileDescriptorProto): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { path, span, leadingComments, trailingComments } of file.sourceCodeInfo?.location ?? []) {
    const comment = `${leadingComments} ${trailingComments}`.replaceAll(/\s+/g, ' ').trim();
    places.set(path.join('.'), { line: (span[0] ?? 0) + 1, comment });
  }
  return places;
}

function typeOf(field: DescField): string {
  switch (field.fieldKind) {
    case 'scalar': return ScalarType[field.scalar].toLowerCase();
    case 'enum': return field.enum.typeName;
    case 'message': return field.message.typeName;
    case 'map': return `map<${ScalarType[field.mapKey].toLowerCase()}, ${valueType(field)}>`;
    case 'list': return valueType(field);
  }
}

function valueType(field: DescField & { fieldKind: 'list' | 'map' }): string {
  if (field.message !== undefined) return field.message.typeName;
  return field.enum === undefined ? ScalarType[field.scalar].toLowerCase() : field.enum.typeName;
}

function presenceOf(field: DescField): Presence {
  if (field.presence === FeatureSet_FieldPresence.LEGACY_REQUIRED) return 'required';
  if (field.fieldKind === 'map') return 'map';
  if (field.fieldKind === 'list') return 'repeated';
  if (field.oneof !== undefined) return 'oneof';
  if (field.fieldKind === 'message') return 'message';
  return field.presence === FeatureSet_FieldPresence.EXPLICIT ? 'optional' : 'implicit';
}

/** Whether options say anywhere that a value must be there, as the known validators put it. */
export function asksForValue(options: JsonValue, key = ''): boolean {
  if (options === true) return /(^|[._])required\]?$/i.test(key);
  if (options === 'REQUIRED' || options === 'LEGACY_REQUIRED') return true;
  if (Array.isArray(options)) return options.some((one) => asksForValue(one, key));
  if (typeof options !== 'object' || options === null) return false;
  return Object.entries(options).some(([name, value]) => asksForValue(value, name));
}

class Walk {
  readonly elements = new Map<string, ContractElement>();
  readonly reserved = new Map<string, Reserved>();
  private readonly registry: ReturnType<typeof createRegistry>;
  private places = new Map<string, Place>();
  private file = '';

  constructor(files: FileRegistry) {
    this.registry = createRegistry(...files);
  }

  addFile(file: DescFile): void {
    this.file = `${file.name}.proto`;
    this.places = placesOf(file.proto);
    this.add([2], { kind: 'file', name: this.file, parent: '', isDeprecated: file.deprecated });
    for (const message of file.messages) this.addMessage(message, [AT.fileMessages, file.proto.messageType.indexOf(message.proto)], this.file);
    for (const one of file.enums) this.addEnum(one, [AT.fileEnums, file.proto.enumType.indexOf(one.proto)], this.file);
    for (const service of file.services) this.addService(service, [AT.fileServices, file.proto.service.indexOf(service.proto)]);
  }

  private add(path: readonly number[], described: Described): void {
    const { line, comment } = this.places.get(path.join('.')) ?? { line: 1, comment: '' };
    const empty = { number: -1, type: '', presence: '', oneof: '', jsonName: '', isRequired: false } as const;
    this.elements.set(described.name, { ...empty, file: this.file, line, comment, ...described });
  }

  private addMessage(message: DescMessage, path: readonly number[], parent: string): void {
    this.add(path, { kind: 'message', name: message.typeName, parent, isDeprecated: message.deprecated });
    const ranges = message.proto.reservedRange.map(({ start, end }) => [start, end - 1] as const);
    this.reserved.set(message.typeName, { ranges, names: message.proto.reservedName });
    for (const field of message.fields) this.addField(field, [...path, AT.fields, message.proto.field.indexOf(field.proto)]);
    for (const nested of message.nestedMessages) {
      this.addMessage(nested, [...path, AT.nestedMessages, message.proto.nestedType.indexOf(nested.proto)], message.typeName);
    }
    for (const one of message.nestedEnums) this.addEnum(one, [...path, AT.nestedEnums, message.proto.enumType.indexOf(one.proto)], message.typeName);
  }

  private addField(field: DescField, path: readonly number[]): void {
    const presence = presenceOf(field);
    this.add(path, {
      kind: 'field', name: `${field.parent.typeName}.${field.name}`, parent: field.parent.typeName, isDeprecated: field.deprecated, number: field.number,
      type: typeOf(field), presence, oneof: field.oneof?.name ?? '', jsonName: field.jsonName, isRequired: presence === 'required' || this.isValidated(field),
    });
  }

  private isValidated(field: DescField): boolean {
    const { options } = field.proto;
    if (options !== undefined && asksForValue(toJson(FieldOptionsSchema, options, { registry: this.registry }))) return true;
    const around = field.oneof?.proto.options;
    return around !== undefined && asksForValue(toJson(OneofOptionsSchema, around, { registry: this.registry }));
  }

  private addEnum(one: DescEnum, path: readonly number[], parent: string): void {
    this.add(path, { kind: 'enum', name: one.typeName, parent, isDeprecated: one.deprecated });
    this.reserved.set(one.typeName, { ranges: one.proto.reservedRange.map(({ start, end }) => [start, end] as const), names: one.proto.reservedName });
    for (const value of one.values) {
      const at = [...path, AT.values, one.proto.value.indexOf(value.proto)];
      this.add(at, { kind: 'enum_value', name: `${one.typeName}.${value.name}`, parent: one.typeName, isDeprecated: value.deprecated, number: value.number });
    }
  }

  private addService(service: DescService, path: readonly number[]): void {
    this.add(path, { kind: 'service', name: service.typeName, parent: this.file, isDeprecated: service.deprecated });
    for (const method of service.methods) {
      const type = `${method.methodKind}(${method.input.typeName}) ${method.output.typeName}`;
      const at = [...path, AT.methods, service.proto.method.indexOf(method.proto)];
      this.add(at, { kind: 'method', name: `${service.typeName}.${method.name}`, parent: service.typeName, isDeprecated: method.deprecated, type });
    }
  }
}

function syntaxOf(file: FileDescriptorProto): string {
  return file.syntax === 'editions' ? `edition ${String(file.edition)}` : file.syntax === '' ? 'proto2' : file.syntax;
}

/** Reads a serialized FileDescriptorSet. Files of the protobuf library itself are left out. @throws Error when it is none */
export function readContract(image: Uint8Array): Contract {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  const own = [...registry.files].filter(({ name }) => !FOREIGN.test(name));
  const walk = new Walk(registry);
  for (const file of own) walk.addFile(file);
  return {
    files: new Map(own.map(({ name, proto }) => [`${name}.proto`, { packageName: proto.package, syntax: syntaxOf(proto) }])),
    elements: walk.elements, reserved: walk.reserved, protos: own.map(({ proto }) => proto),
  };
}
