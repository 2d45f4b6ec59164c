import type { Rows } from '../fact-source.js';
import { isCall, isList, isObject, isUnknown, toPlain, type CallValue, type StaticValue, type StaticValues, type ValuePlace } from '../transport/static-values.js';

/** The functions of @arqonbus/config that make a setting. */
export const settingKinds: ReadonlySet<string> = new Set(['text', 'integer', 'choice', 'flag', 'list', 'records', 'path', 'secret']);

/** One setting as its schema declares it. */
export interface DeclaredSetting {
  readonly app: string;
  readonly key: string;
  readonly kind: string;
  readonly place: ValuePlace;
  /** What the call is given, as plain data; what cannot be known is `{ unreadable }`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A schema, or a part of one, that cannot be known without running it. */
export interface SettingsFault { readonly place: ValuePlace; readonly message: string }

export interface DeclaredSettings { readonly settings: readonly DeclaredSetting[]; readonly faults: readonly SettingsFault[] }

function readSpec(values: StaticValues, app: string, spec: CallValue): DeclaredSetting | SettingsFault {
  const kind = settingKinds.has(spec.callee) ? spec.callee : values.wrappedCall(spec.place.file, spec.callee, settingKinds);
  const [options] = spec.args;
  if (kind === undefined) return { place: spec.place, message: `${app}: ${spec.callee}() is no known kind of setting` };
  if (!isObject(options)) return { place: spec.place, message: `${app}: a setting's options are no object literal` };
  const key = options.entries.get('key');
  if (typeof key !== 'string') return { place: spec.place, message: `${app}: a setting's key is no literal` };
  const plain = Object.fromEntries([...options.entries].filter(([, value]) => value !== undefined).map(([name, value]) => [name, toPlain(value)]));
  return { app, key, kind, place: spec.place, options: plain };
}

function readSchema(values: StaticValues, call: CallValue): readonly (DeclaredSetting | SettingsFault)[] {
  const [name, specs]: readonly (StaticValue)[] = call.args;
  if (typeof name !== 'string') return [{ place: call.place, message: 'the name of an app with settings is no literal' }];
  if (specs === undefined || !isList(specs)) {
    const why = isUnknown(specs) ? `: ${specs.text}` : '';
    return [{ place: call.place, message: `${name}: the list of settings cannot be read${why}` }];
  }
  return specs.items.map((one) => (isCall(one) ? readSpec(values, name, one) : { place: call.place, message: `${name}: a setting is not made by a known kind` }));
}

/** Every setting of every schema, each once, and what cannot be read. */
export function readDeclaredSettings(values: StaticValues, syntaxRows: Rows): DeclaredSettings {
  const schemas = syntaxRows.setting_schemas ?? [];
  const files = [...new Set(schemas.map(({ file }) => file))].sort();
  const found = files.flatMap((file) => values.callsOf(file, 'defineSettings')).flatMap((call) => readSchema(values, call));
  const settings = new Map<string, DeclaredSetting>();
  const unnamed = schemas.filter(({ by_name: isByName }) => isByName !== true);
  const faults: SettingsFault[] = unnamed.map(({ file, line }) => ({ place: { file, line }, message: 'import defineSettings by its name, so that the settings can be read' }));
  for (const one of found) {
    if ('message' in one) faults.push(one);
    // A schema may be spread into several; each place of a declaration counts once per app.
    else settings.set(`${one.app} ${one.key} ${one.place.file} ${String(one.place.line)}`, one);
  }
  return { settings: [...settings.values()], faults };
}

/** Name of a setting in the environment, as @arqonbus/config makes it. */
export function environmentName({ app, key, options }: DeclaredSetting): string {
  const name = (text: string): string => text.replaceAll(/[.-]/g, '_').toUpperCase();
  return typeof options.env === 'string' ? options.env : `ARQON_${name(app)}_${name(key)}`;
}
