import { ScalarType, type DescEnum, type DescField, type DescFile, type DescMessage } from '@bufbuild/protobuf';
import { commentOf } from './read-contract.js';

/** Reference of every message and enum of the files: name, number, type and comment of each field, as Markdown. */
export function renderMessages(files: readonly DescFile[]): string {
  const messages = files.flatMap((file) => file.messages);
  const enums = files.flatMap((file) => file.enums);
  return [...messages.map(renderMessage), ...enums.map(renderEnum)].join('\n\n');
}

function renderMessage(message: DescMessage): string {
  const head = [`#### ${message.typeName}`, commentOf(message)].filter((line) => line !== '');
  if (message.fields.length === 0) return [...head, 'No fields.'].join('\n\n');
  const rows = message.fields.map((field) => row([`\`${field.name}\``, String(field.number), typeOf(field), commentOf(field)]));
  return [...head, ['| field | number | type | meaning |', '|---|---|---|---|', ...rows].join('\n')].join('\n\n');
}

function renderEnum(one: DescEnum): string {
  const rows = one.values.map((value) => row([`\`${value.name}\``, String(value.number), commentOf(value)]));
  return [`#### ${one.typeName}`, ['| value | number | meaning |', '|---|---|---|', ...rows].join('\n')].join('\n\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function typeOf(field: DescField): string {
  const oneof = field.oneof === undefined ? '' : `, one of \`${field.oneof.name}\``;
  switch (field.fieldKind) {
    case 'scalar': return scalarName(field.scalar) + oneof;
    case 'enum': return linkTo(field.enum.typeName) + oneof;
    case 'message': return linkTo(field.message.typeName) + oneof;
    case 'map': return `map of ${scalarName(field.mapKey)} to ${field.scalar === undefined ? 'message' : scalarName(field.scalar)}`;
    case 'list': return `repeated ${field.listKind === 'scalar' ? scalarName(field.scalar) : linkTo(elementName(field))}`;
  }
}

function elementName(field: DescField & { fieldKind: 'list' }): string {
  return field.listKind === 'message' ? field.message.typeName : (field.enum?.typeName ?? '');
}

function scalarName(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}

function linkTo(typeName: string): string {
  // Types of Protobuf itself stand in no table here.
  if (typeName.startsWith('google.protobuf.')) return typeName;
  return `[${typeName.slice(typeName.lastIndexOf('.') + 1)}](#${typeName.toLowerCase().replaceAll('.', '')})`;
}
