import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { enclosingFunction } from './host-uses.js';
import { namesOf } from './resolved-names.js';

/** What writes or reads a value in another encoding than the contract's bytes. */
const codecs: readonly RegExp[] = [
  /^#JSON(\.(parse|stringify))?$/,
  /^@bufbuild\/protobuf#(fromJson|fromJsonString|mergeFromJson|mergeFromJsonString|toJson|toJsonString)$/,
  /^v8#(deserialize|serialize|Deserializer|Serializer|DefaultDeserializer|DefaultSerializer)$/,
  /^(@msgpack\/msgpack|@msgpack\/.+|avsc|bson|cbor|cbor-x|devalue|flatted|js-yaml|json5|msgpackr|notepack\.io|superjson)#/,
];

function codecOf(name: string | undefined): string | undefined {
  const api = name?.replace(/\.(call|apply|bind)$/, '');
  return api !== undefined && codecs.some((pattern) => pattern.test(api)) ? api.replace(/^#/, '').replace('#', '.') : undefined;
}

function read(unit: SourceUnit): Row[] {
  const names = namesOf(unit);
  const rows: Row[] = [];
  const visit = (node: ts.Node): void => {
    const name = names.isAccess(node) ? names.nameOf(node) : ts.isBindingElement(node) ? names.nameOfBinding(node) : undefined;
    const api = codecOf(name);
    if (api !== undefined) rows.push({ ...unit.at(node), api, function: enclosingFunction(node) });
    ts.forEachChild(node, visit);
  };
  visit(unit.source);
  return rows;
}

/** Uses of encodings that are made for people, or that are not the contract's. */
export const textCodecSource: SyntaxSource = {
  name: 'text codecs',
  tables: {
    /** api: `JSON.parse`, `JSON.stringify`, `JSON` where the object is handed on, or the function of a library; function: the nearest one around, empty at the top of a module. */
    text_codecs: ['api', 'function'],
  },
  selects: ({ path, isTest, isGenerated }) => /^(apps|libs)\//.test(path) && !isTest && !isGenerated,
  read: (unit) => ({ text_codecs: read(unit) }),
};
