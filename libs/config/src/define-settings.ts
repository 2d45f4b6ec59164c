import type { AnySettingSpec, SettingValue } from './setting-spec.js';

/** What is wrong with a setting that its spec alone cannot tell. */
export interface SettingsFault {
  readonly key: string;
  /** A sentence without a secret. */
  readonly message: string;
}

/** What holds for the settings of an app as a whole. */
export interface SettingsRules<S extends readonly AnySettingSpec[]> {
  /** Everything that is wrong with the values taken together. A value that was refused is its default here. */
  readonly check?: (settings: SettingsOf<S>) => readonly SettingsFault[];
}

/** All settings of one app. */
export interface SettingsSchema<S extends readonly AnySettingSpec[] = readonly AnySettingSpec[]> {
  readonly appName: string;
  /** Variables that begin with it belong to the app; unknown ones stop the start. */
  readonly environmentPrefix: string;
  readonly specs: S;
  /** As in SettingsRules; a method, so that a schema of some specs is one of any. */
  check?(settings: SettingsOf<S>): readonly SettingsFault[];
}

/** Values by key, typed by the specs, frozen. */
export type SettingsOf<S extends readonly AnySettingSpec[]> = { readonly [P in S[number] as P['key']]: SettingValue<P> };

/** Type of the settings that a schema describes. */
export type SettingsFor<Schema> = Schema extends SettingsSchema<infer S> ? SettingsOf<S> : never;

/**
 * Declares the settings of an app. Raises RangeError for a key that is no dotted lower-case name, is given twice, lies
 * within another one (`a` beside `a.b` cannot both stand in a nested file), or shares its environment name with another.
 */
export function defineSettings<const S extends readonly AnySettingSpec[]>(appName: string, specs: S, rules: SettingsRules<S> = {}): SettingsSchema<S> {
  if (!/^[a-z][a-z0-9-]*$/.test(appName)) throw new RangeError(`${appName}: an app's name is lower-case`);
  const schema = { appName, environmentPrefix: `ARQON_${upperCase(appName)}_`, specs, ...rules };
  const names = new Set<string>();
  for (const spec of specs) {
    if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/.test(spec.key)) throw new RangeError(`${spec.key}: a key is lower-case words, dots between groups`);
    // Records are a sequence in the file; dotted keys beside it name the others.
    if (spec.type !== 'records' && specs.some((other) => other.key.startsWith(`${spec.key}.`))) throw new RangeError(`${spec.key}: other keys lie within it`);
    const name = environmentNameOf(schema, spec);
    if (names.has(name)) throw new RangeError(`${spec.key}: ${name} names two settings`);
    names.add(name);
  }
  return Object.freeze(schema);
}

/** Name of a setting in the environment: `ARQON_<APP>_<KEY>` with dots as `_`, unless the spec names another. */
export function environmentNameOf(schema: Pick<SettingsSchema, 'environmentPrefix'>, spec: Pick<AnySettingSpec, 'key' | 'env'>): string {
  return spec.env ?? `${schema.environmentPrefix}${upperCase(spec.key)}`;
}

function upperCase(name: string): string {
  return name.replace(/[.-]/g, '_').toUpperCase();
}
