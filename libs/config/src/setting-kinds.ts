import { resolve } from 'node:path';
import type { RawPlace, RawValue, Reading, SettingSpec } from './setting-spec.js';

/** What every kind of setting takes. Without `default` the value may be undefined, unless `required` is set. */
export interface SettingOptions<K extends string, D, R extends boolean> {
  /** Dotted lower-case key; it names the app's own setting. */
  readonly key: K;
  readonly doc: string;
  /** Name in the environment instead of `ARQON_<APP>_<KEY>`. */
  readonly env?: string;
  readonly default?: D;
  /** Refuses to start without a value; excludes `default`. */
  readonly required?: R;
}

/** Undefined when nothing guarantees a value, else never. */
type Absent<D, R extends boolean> = R extends true ? never : undefined extends D ? undefined : never;

/** Text of 1 to `maxCount` (default 4,096) characters; `pattern` must match it as a whole. */
export function text<const K extends string, D extends string | undefined = undefined, const R extends boolean = false>(
  options: SettingOptions<K, D, R> & { readonly pattern?: RegExp; readonly maxCount?: number; readonly allowed?: string },
): SettingSpec<K, string, Absent<D, R>> {
  const { pattern, maxCount = 4_096 } = options;
  const allowed = options.allowed ?? (pattern === undefined ? `text of 1 to ${maxCount} characters` : `text like ${String(pattern)}`);
  return makeSpec(options, { type: 'text', allowed }, (raw) => {
    const value = scalarText(raw);
    if (value === undefined || value === '' || value.length > maxCount) return refused;
    return pattern === undefined || pattern.test(value) ? accepted(value) : refused;
  });
}

/** Unit of an integer. `ms`, `seconds`, `bytes` and `count` must end the key (`_ms`), so that no name leaves its unit open. */
export type SettingUnit = 'ms' | 'seconds' | 'bytes' | 'count' | 'port' | 'percent' | 'per_second' | 'bytes_per_second' | 'none';

/** Bounds of an integer, all in its unit. */
export interface IntegerBounds {
  readonly unit: SettingUnit;
  readonly min: number;
  /** Default: `cap`. */
  readonly max?: number;
  /** A hard cap (`hardCaps` of @arqonbus/errors): configuration may lower it, never raise it (G4). */
  readonly cap?: number;
}

/**
 * A whole number within bounds. With `off: true` the word `off` is a value too, since no number stands for it.
 * Raises RangeError for bounds that contradict each other and for a key without its unit.
 */
export function integer<const K extends string, D extends number | 'off' | undefined = undefined, const R extends boolean = false>(
  options: SettingOptions<K, D, R> & IntegerBounds & { readonly off: true },
): SettingSpec<K, number | 'off', Absent<D, R>>;
export function integer<const K extends string, D extends number | undefined = undefined, const R extends boolean = false>(
  options: SettingOptions<K, D, R> & IntegerBounds & { readonly off?: false },
): SettingSpec<K, number, Absent<D, R>>;
export function integer<K extends string, D extends number | 'off' | undefined, R extends boolean>(
  options: SettingOptions<K, D, R> & IntegerBounds & { readonly off?: boolean },
): SettingSpec<K, number | 'off', Absent<D, R>> {
  const { key, unit, min, off = false } = options;
  const max = requireBounds(options);
  const capNote = options.cap === undefined ? '' : ` (hard cap ${options.cap}: may be lowered, never raised)`;
  const allowed = `${min} to ${max}${unit === 'none' ? '' : ` ${unit}`}${capNote}${off ? ', or off' : ''}`;
  requireUnitInKey(key, unit);
  return makeSpec<K, number | 'off', D, R>(options, { type: `integer, ${unit}`, allowed }, (raw) => {
    const written = scalarText(raw);
    if (off && written === 'off') return accepted('off');
    // A quoted scalar of a file is text.
    if (raw.form !== 'plain' || !/^-?\d{1,16}$/.test(raw.text)) return refused;
    const value = Number(raw.text);
    return Number.isSafeInteger(value) && value >= min && value <= max ? accepted(value) : refused;
  });
}

/** One of the named values. */
export function choice<const K extends string, const V extends string, const D extends V | undefined = undefined, const R extends boolean = false>(
  options: SettingOptions<K, D, R> & { readonly values: readonly V[] },
): SettingSpec<K, V, Absent<D, R>> {
  return makeSpec(options, { type: 'choice', allowed: options.values.join(', ') }, (raw) => {
    const written = scalarText(raw);
    const value = options.values.find((one) => one === written);
    return value === undefined ? refused : accepted(value);
  });
}

/** `true` or `false`. */
export function flag<const K extends string, D extends boolean | undefined = undefined, const R extends boolean = false>(
  options: SettingOptions<K, D, R>,
): SettingSpec<K, boolean, Absent<D, R>> {
  return makeSpec(options, { type: 'flag', allowed: 'true or false' }, (raw) => {
    // A quoted scalar of a file is text.
    return raw.form === 'plain' && (raw.text === 'true' || raw.text === 'false') ? accepted(raw.text === 'true') : refused;
  });
}

/** Texts: separated by commas in the environment, a sequence in the file. An empty text is an empty list. */
export function list<const K extends string, D extends readonly string[] | undefined = undefined, const R extends boolean = false>(
  options: SettingOptions<K, D, R> & { readonly pattern?: RegExp; readonly maxCount?: number },
): SettingSpec<K, readonly string[], Absent<D, R>> {
  const { pattern, maxCount = 256 } = options;
  const allowed = `up to ${maxCount} texts${pattern === undefined ? '' : ` like ${String(pattern)}`}`;
  return makeSpec(options, { type: 'list', allowed }, (raw) => {
    if (raw.form === 'records') return refused;
    const items = raw.form === 'list' ? raw.items : splitList(raw.text);
    if (items.length > maxCount || items.some((item) => item === '' || (pattern !== undefined && !pattern.test(item)))) return refused;
    return accepted(Object.freeze([...items]));
  });
}

/**
 * Records: a sequence of maps in the file, a JSON array in the environment. `parse` returns the value, or a sentence that says which record
 * is wrong and why.
 */
export function records<const K extends string, T, D extends readonly T[] | undefined = undefined>(
  options: SettingOptions<K, D, false> & { readonly allowed: string; readonly parse: (items: readonly unknown[]) => readonly T[] | string },
): SettingSpec<K, readonly T[], Absent<D, false>> {
  return makeSpec<K, readonly T[], D, false>(options, { type: 'records', allowed: options.allowed }, (raw) => {
    const items = raw.form === 'records' ? raw.items : parseJsonArray(raw);
    if (items === undefined) return refused;
    const value = options.parse(items);
    return typeof value === 'string' ? { ok: false, detail: value } : accepted(Object.freeze([...value]));
  });
}

function parseJsonArray(raw: RawValue): readonly unknown[] | undefined {
  if (raw.form === 'list') return raw.items.length === 0 ? [] : undefined;
  const text = scalarText(raw);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A file or folder, made absolute: from the environment by the working folder, from the file by the file's folder. It need not exist. */
export function path<const K extends string, D extends string | undefined = undefined, const R extends boolean = false>(
  options: SettingOptions<K, D, R>,
): SettingSpec<K, string, Absent<D, R>> {
  return makeSpec(options, { type: 'path', allowed: 'path of a file or folder' }, (raw, place) => {
    const value = scalarText(raw);
    return value === undefined || value === '' || value.includes('\0') ? refused : accepted(resolve(place.baseFolder, value));
  });
}

/** A credential of `minCount` (default 32) to 8,192 characters: never printed, not even when it is refused. */
export function secret<const K extends string, const R extends boolean = false>(
  options: Omit<SettingOptions<K, undefined, R>, 'default'> & { readonly minCount?: number },
): SettingSpec<K, string, Absent<undefined, R>> {
  const { minCount = 32 } = options;
  const spec = makeSpec<K, string, undefined, R>(options, { type: 'secret', allowed: `text of ${minCount} to 8192 characters` }, (raw) => {
    const value = scalarText(raw);
    return value !== undefined && value.length >= minCount && value.length <= 8_192 ? accepted(value) : refused;
  });
  return { ...spec, isSecret: true };
}

const refused = { ok: false } as const;

function accepted<T>(value: T): Reading<T> {
  return { ok: true, value };
}

function makeSpec<K extends string, T, D extends T | undefined, R extends boolean>(
  options: SettingOptions<K, D, R>,
  shown: { readonly type: string; readonly allowed: string },
  read: (raw: RawValue, place: RawPlace) => Reading<T>,
): SettingSpec<K, T, Absent<D, R>> {
  return {
    key: options.key,
    doc: options.doc,
    ...(options.env === undefined ? {} : { env: options.env }),
    isSecret: false,
    isRequired: options.required === true,
    defaultValue: options.default,
    ...shown,
    read,
  };
}

function scalarText(raw: RawValue): string | undefined {
  return raw.form === 'list' || raw.form === 'records' ? undefined : raw.text;
}

function splitList(written: string): readonly string[] {
  return written.trim() === '' ? [] : written.split(',').map((item) => item.trim());
}

function requireUnitInKey(key: string, unit: SettingUnit): void {
  if ((unit === 'ms' || unit === 'seconds' || unit === 'bytes' || unit === 'count') && !key.endsWith(`_${unit}`)) {
    throw new RangeError(`${key}: a key in ${unit} ends with _${unit}`);
  }
}

/** The largest value allowed. */
function requireBounds({ key, min, max, cap, default: preset }: IntegerBounds & { readonly key: string; readonly default?: number | 'off' | undefined }): number {
  const largest = max ?? cap;
  if (largest === undefined) throw new RangeError(`${key}: give max or cap`);
  if (cap !== undefined && largest > cap) throw new RangeError(`${key}: max ${largest} is above the hard cap ${cap}`);
  if (min > largest) throw new RangeError(`${key}: min ${min} is above max ${largest}`);
  if (typeof preset === 'number' && (preset < min || preset > largest)) throw new RangeError(`${key}: default ${preset} is out of range`);
  return largest;
}
