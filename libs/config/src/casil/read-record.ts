/** How one field of a record is read. */
export interface RecordField {
  /** For people: `one of allow, redact, block`. */
  readonly allowed: string;
  readonly isRequired?: boolean;
  readonly holds: (value: unknown) => boolean;
}

/** Fields by the name they have in settings, in snake case. */
export type RecordFields = Readonly<Record<string, RecordField>>;

/** Everything that is wrong with one record, as sentences. */
export function faultsOfRecord(item: unknown, fields: RecordFields): string[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return ['is no map'];
  const faults = Object.keys(item).filter((key) => !Object.hasOwn(fields, key)).map((key) => `${key} is unknown; known are ${Object.keys(fields).join(', ')}`);
  for (const [key, { allowed, isRequired = false, holds }] of Object.entries(fields)) {
    const value = (item as Readonly<Record<string, unknown>>)[key];
    if (value === undefined) {
      if (isRequired) faults.push(`${key} is missing`);
    } else if (!holds(value)) faults.push(`${key} is ${allowed}`);
  }
  return faults;
}

/** Everything that is wrong with the records of a setting, each fault with its record counted from 1; undefined when nothing is. */
export function faultsOfRecords(items: readonly unknown[], fields: RecordFields): string | undefined {
  const faults = items.flatMap((item, index) => faultsOfRecord(item, fields).map((fault) => `record ${String(index + 1)}: ${fault}`));
  return faults.length === 0 ? undefined : faults.join('; ');
}

export function oneOf(values: readonly string[]): Omit<RecordField, 'isRequired'> {
  return { allowed: `one of ${values.join(', ')}`, holds: (value) => typeof value === 'string' && values.includes(value) };
}

/** A list of some of these values; of any texts when none are given. */
export function listOf(values?: readonly string[]): RecordField {
  return {
    allowed: values === undefined ? 'a list of texts' : `a list of ${values.join(', ')}`,
    holds: (value) => Array.isArray(value) && value.length > 0
      && value.every((item) => typeof item === 'string' && item !== '' && (values === undefined || values.includes(item))),
  };
}

export function textLike(pattern: RegExp, allowed: string): RecordField {
  return { allowed, holds: (value) => typeof value === 'string' && pattern.test(value) };
}
