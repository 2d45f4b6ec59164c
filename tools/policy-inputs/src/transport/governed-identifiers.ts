import type { Row } from '../fact-source.js';
import { isList, isObject, toPlain, type StaticValue, type StaticValues, type ValuePlace } from './static-values.js';

/** Identifiers by group, then name; each value is plain data. */
export type GovernedIdentifiers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Found { readonly value: unknown; readonly place: ValuePlace }

interface Group {
  readonly name: string;
  readonly file: string;
  readonly constant: string;
  /** Fields that are governed, where a value has several; others, such as texts for people, may change. */
  readonly fields?: readonly string[];
}

const GOVERNED = 'libs/errors/src/governed.ts';

/** What is governed (G1 to G13, G27, G32), and where it is written. */
export const governedGroups: readonly Group[] = [
  { name: 'hard_caps', file: GOVERNED, constant: 'hardCaps' },
  { name: 'readiness_states', file: GOVERNED, constant: 'readinessStates' },
  { name: 'readiness_reasons', file: GOVERNED, constant: 'readinessReasons' },
  { name: 'rejection_reasons', file: GOVERNED, constant: 'rejectionReasons' },
  { name: 'bucket_edges', file: GOVERNED, constant: 'bucketEdges' },
  { name: 'error_codes', file: 'libs/errors/src/error-codes.ts', constant: 'errorTable', fields: ['id', 'retryable', 'closeCode', 'audience'] },
  { name: 'close_codes', file: 'libs/errors/src/close-codes.ts', constant: 'closeCodes', fields: ['code', 'action', 'reason'] },
];

function governedPart(value: StaticValue, fields: readonly string[] | undefined): unknown {
  const plain = toPlain(value);
  if (fields === undefined || !isObject(value)) return plain;
  return Object.fromEntries(Object.entries(plain as Record<string, unknown>).filter(([key]) => fields.includes(key)));
}

function readGroup(values: StaticValues, { file, constant, fields }: Group): Map<string, Found> {
  const found = new Map<string, Found>();
  const value = values.exported(file, constant);
  const top = { file, line: 1 };
  if (isObject(value)) {
    for (const [key, one] of value.entries) found.set(key, { value: governedPart(one, fields), place: value.places.get(key) ?? top });
  } else if (isList(value)) {
    for (const item of value.items) found.set(typeof item === 'string' ? item : JSON.stringify(toPlain(item)), { value: typeof item === 'string' ? true : toPlain(item), place: top });
  }
  return found;
}

/** The identifiers as the sources have them now. */
export function readGoverned(values: StaticValues): GovernedIdentifiers {
  return Object.fromEntries(governedGroups.map((group) => [group.name, Object.fromEntries([...readGroup(values, group)].map(([name, { value }]) => [name, value]))]));
}

function textOf(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}

function changeOf(before: unknown, now: unknown): string {
  if (before === undefined) return 'added';
  if (now === undefined) return 'removed';
  if (textOf(before) === textOf(now)) return 'none';
  if (typeof before === 'number' && typeof now === 'number') return now > before ? 'raised' : 'lowered';
  return 'changed';
}

/** One row for each identifier that is there now or in the baseline. */
export function governedRows(values: StaticValues, baseline: GovernedIdentifiers): Row[] {
  return governedGroups.flatMap((group) => {
    const found = readGroup(values, group);
    const before = baseline[group.name] ?? {};
    return [...new Set([...Object.keys(before), ...found.keys()])].map((name) => {
      const now = found.get(name);
      const value = textOf(now?.value);
      return {
        ...(now?.place ?? { file: group.file, line: 1 }), project: '@arqonbus/errors',
        group: group.name, name, value, number: typeof now?.value === 'number' ? now.value : 0,
        base_value: textOf(before[name]), change: changeOf(before[name], now?.value), readable: !value.includes('"unreadable"'),
      };
    });
  });
}
