import { dirname, resolve } from 'node:path';
import { environmentNameOf, type SettingsOf, type SettingsSchema } from './define-settings.js';
import { nearestName } from './nearest-name.js';
import { readSettingsFile } from './read-settings-file.js';
import type { AnySettingSpec, RawPlace, RawValue } from './setting-spec.js';
import { SettingsError, type SettingsProblem } from './settings-error.js';
import { sealSettings, type SettingsOrigin } from './settings-origin.js';

export interface LoadSettingsOptions {
  /** Usually `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** YAML or JSON file; the only flag of the apps, `--config`. */
  readonly configFile?: string;
  /** Keys of the file that do not begin so are another reader's: they are neither read nor refused. Default: every key is this reader's. */
  readonly keyPrefix?: string;
}

/**
 * Resolves every setting: environment, then file, then default (A19). The result is frozen.
 * Raises SettingsError with all problems at once: bad values in either source, also where the other one wins, unknown
 * keys and variables, missing required settings, and a file that cannot be read.
 */
export function loadSettings<const S extends readonly AnySettingSpec[]>(schema: SettingsSchema<S>, options: LoadSettingsOptions): SettingsOf<S> {
  const problems: SettingsProblem[] = [];
  const fromFile = readFromFile(schema, options, problems);
  const fromEnvironment = readFromEnvironment(schema, options.environment, problems);
  const values: Record<string, unknown> = {};
  const origins: Record<string, SettingsOrigin> = {};
  for (const spec of schema.specs) {
    const found = fromEnvironment.get(spec.key) ?? fromFile.get(spec.key);
    values[spec.key] = found === undefined ? defaultOf(spec) : found.value;
    origins[spec.key] = { source: found?.source ?? 'default', isSecret: spec.isSecret };
    const isNamed = problems.some((problem) => problem.key === spec.key);
    if (spec.isRequired && found === undefined && !isNamed) {
      problems.push({ key: spec.key, source: environmentNameOf(schema, spec), message: `missing; allowed: ${spec.allowed}` });
    }
  }
  for (const { key, message } of schema.check?.(values as SettingsOf<S>) ?? []) {
    const found = fromEnvironment.get(key) ?? fromFile.get(key);
    problems.push({ key, source: found?.place ?? 'default', message });
  }
  if (problems.length > 0) throw new SettingsError(schema.appName, problems);
  // Each value came from its spec's own read or default, which is what SettingsOf says of it.
  return sealSettings(values as SettingsOf<S>, origins);
}

interface Found {
  readonly value: unknown;
  readonly source: 'environment' | 'file';
  /** Environment name, or `file:line`. */
  readonly place: string;
}

function readFromFile(schema: SettingsSchema, { configFile, keyPrefix = '' }: LoadSettingsOptions, problems: SettingsProblem[]): Map<string, Found> {
  const found = new Map<string, Found>();
  if (configFile === undefined) return found;
  const file = readSettingsFile(configFile);
  problems.push(...file.problems);
  const place: RawPlace = { source: 'file', baseFolder: dirname(resolve(configFile)) };
  for (const { key, line, raw } of file.entries) {
    if (!key.startsWith(keyPrefix)) continue;
    const spec = schema.specs.find((one) => one.key === key);
    const source = `${configFile}:${line}`;
    if (spec === undefined) problems.push({ key, source, message: `unknown key${suggest(key, schema.specs.map((one) => one.key))}` });
    else readInto(found, { spec, raw, place, source, problems });
  }
  return found;
}

function readFromEnvironment(schema: SettingsSchema, environment: LoadSettingsOptions['environment'], problems: SettingsProblem[]): Map<string, Found> {
  const found = new Map<string, Found>();
  const specs = new Map(schema.specs.map((spec) => [environmentNameOf(schema, spec), spec]));
  const place: RawPlace = { source: 'environment', baseFolder: process.cwd() };
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined) continue;
    const spec = specs.get(name);
    if (spec !== undefined) readInto(found, { spec, raw: { form: 'plain', text }, place, source: name, problems });
    else if (name.startsWith(schema.environmentPrefix)) {
      problems.push({ key: name, source: name, message: `unknown setting${suggest(name, [...specs.keys()])}` });
    }
  }
  return found;
}

interface Candidate {
  readonly spec: AnySettingSpec;
  readonly raw: RawValue | undefined;
  readonly place: RawPlace;
  readonly source: string;
  readonly problems: SettingsProblem[];
}

function readInto(found: Map<string, Found>, { spec, raw, place, source, problems }: Candidate): void {
  const reading = raw === undefined ? undefined : spec.read(raw, place);
  if (reading?.ok === true) found.set(spec.key, { value: reading.value, source: place.source, place: source });
  else {
    const got = reading?.detail ?? `got ${describeClass(raw, spec.isSecret)}`;
    problems.push({ key: spec.key, source, message: `${got}; allowed: ${spec.allowed}` });
  }
}

/** The class of a value: enough to see the mistake, never the value, which may be a secret under the wrong key. */
function describeClass(raw: RawValue | undefined, isSecret: boolean): string {
  if (raw === undefined) return 'nothing, or a value of another shape';
  if (raw.form === 'list' || raw.form === 'records') return `a list of ${raw.items.length}`;
  if (raw.text === '') return 'an empty text';
  if (!isSecret && raw.form === 'plain' && /^-?\d{1,16}$/.test(raw.text)) return `the number ${raw.text}`;
  if (!isSecret && raw.form === 'plain' && /^-?\d+(\.\d+)?$/.test(raw.text)) return 'a number that is not whole or too long';
  return `a text of ${raw.text.length} characters`;
}

function defaultOf(spec: AnySettingSpec): unknown {
  return Array.isArray(spec.defaultValue) ? Object.freeze([...(spec.defaultValue as readonly unknown[])]) : spec.defaultValue;
}

function suggest(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; nearest: ${nearest}`;
}
