import { environmentNameOf, type SettingsSchema } from './define-settings.js';
import type { AnySettingSpec } from './setting-spec.js';

/** The body of docs/configuration.md: a Markdown table for each app, one row for each setting, ordered as declared. */
export function renderSettingsDoc(schemas: readonly SettingsSchema[]): string {
  return schemas.map(renderSchema).join('\n');
}

function renderSchema(schema: SettingsSchema): string {
  const rows = schema.specs.map((spec) => renderRow(schema, spec));
  return [`## ${schema.appName}`, '', '| key | environment | type | allowed | default | meaning |', '|---|---|---|---|---|---|', ...rows, ''].join('\n');
}

function renderRow(schema: SettingsSchema, spec: AnySettingSpec): string {
  const cells = [`\`${spec.key}\``, `\`${environmentNameOf(schema, spec)}\``, spec.type, spec.allowed, renderDefault(spec), spec.doc];
  return `| ${cells.map(escapeCell).join(' | ')} |`;
}

function renderDefault(spec: AnySettingSpec): string {
  if (spec.isRequired) return 'required';
  const { defaultValue } = spec;
  if (defaultValue === undefined) return 'not set';
  if (Array.isArray(defaultValue)) return defaultValue.length === 0 ? 'empty' : `\`${defaultValue.join(', ')}\``;
  return `\`${String(defaultValue)}\``;
}

function escapeCell(cell: string): string {
  return cell.replace(/\|/g, '\\|').replace(/\s*\n\s*/g, ' ');
}
