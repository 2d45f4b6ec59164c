import { inspect } from 'node:util';

/** Where a value came from, and whether it may be shown. */
export interface SettingsOrigin {
  readonly source: 'environment' | 'file' | 'default';
  readonly isSecret: boolean;
}

/** One line of the boot log (N11). */
export interface SettingSummary {
  /** The value; `[set]` or `[not set]` of a secret. */
  readonly value: unknown;
  readonly source: SettingsOrigin['source'];
}

const originsKey = Symbol.for('arqonbus.settings.origins');

/** Freezes settings and ties their origins to them, so that printing or serializing the object shows the summary instead of secrets. */
export function sealSettings<T extends object>(values: T, origins: Readonly<Record<string, SettingsOrigin>>): T {
  Object.defineProperties(values, {
    [originsKey]: { value: Object.freeze(origins) },
    [inspect.custom]: { value: () => describeSettings(values) },
    toJSON: { value: () => describeSettings(values) },
  });
  return Object.freeze(values);
}

/** Summary of settings for the boot log: every key with value and source, secrets masked. Raises TypeError for an object that `loadSettings` did not make. */
export function describeSettings(settings: object): Readonly<Record<string, SettingSummary>> {
  const values = settings as Readonly<Record<string, unknown>> & { readonly [originsKey]?: Readonly<Record<string, SettingsOrigin>> };
  const origins = values[originsKey];
  // Without origins nobody knows which values are secrets.
  if (origins === undefined) throw new TypeError('describeSettings takes the result of loadSettings');
  return Object.fromEntries(Object.entries(origins).map(([key, { source, isSecret }]) => {
    const value = values[key];
    return [key, { value: isSecret ? (value === undefined ? '[not set]' : '[set]') : value, source }];
  }));
}
