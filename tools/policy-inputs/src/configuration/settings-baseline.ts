import type { DeclaredSetting } from './read-settings.js';

/** What of a setting people rely on: their files name it, and what it does when they say nothing. */
export interface SettingForm {
  readonly kind: string;
  readonly unit: string;
  readonly required: boolean;
  /** Default as JSON; empty without one. */
  readonly default: string;
  readonly min: number | null;
  readonly max: number | null;
}

/** By app, then key. */
export type SettingsForms = Readonly<Record<string, Readonly<Record<string, SettingForm>>>>;

export interface SettingChange {
  readonly app: string;
  readonly key: string;
  /** `added`, `removed`, `kind`, `unit`, `required`, `default`, `min`, `max`. */
  readonly change: string;
  readonly before: string;
  readonly now: string;
  /** Whether a number became more permissive: a larger default or maximum, a smaller minimum, or one that is no longer there. */
  readonly loosened: boolean;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

const CREDENTIAL = /(^|[._])(key|secret|password|passwd|passphrase|token|credential)s?$/;

/** A default as JSON; empty without one. That of a credential is never shown: there should be none, and reports are read by many. */
export function shownDefault({ kind, key, options }: DeclaredSetting): string {
  if (options.default === undefined) return '';
  const mayBeOne = kind !== 'flag' && kind !== 'integer' && CREDENTIAL.test(key);
  return kind === 'secret' || mayBeOne ? '"(hidden)"' : JSON.stringify(options.default);
}

export function formOf(setting: DeclaredSetting): SettingForm {
  const { kind, options } = setting;
  return {
    kind, unit: typeof options.unit === 'string' ? options.unit : '', required: options.required === true,
    default: shownDefault(setting), min: numberOf(options.min), max: numberOf(options.max ?? options.cap),
  };
}

/** Forms of all settings, apps and keys in order. */
export function formsOf(settings: readonly DeclaredSetting[]): SettingsForms {
  const forms: Record<string, Record<string, SettingForm>> = {};
  const ordered = [...settings].sort((a, b) => (a.app === b.app ? (a.key < b.key ? -1 : 1) : a.app < b.app ? -1 : 1));
  for (const setting of ordered) (forms[setting.app] ??= {})[setting.key] = formOf(setting);
  return forms;
}

function isLooser(change: string, before: string | number | null, now: string | number | null): boolean {
  if (change === 'min') return now === null || (before !== null && Number(now) < Number(before));
  if (change === 'max') return now === null || (before !== null && Number(now) > Number(before));
  // Anything but a smaller number may be looser: `off`, another choice, another list.
  return change === 'default' && !(/^-?\d/.test(String(before)) && /^-?\d/.test(String(now)) && Number(now) < Number(before));
}

function compareForm(app: string, key: string, before: SettingForm, now: SettingForm): SettingChange[] {
  const parts = ['kind', 'unit', 'required', 'default', 'min', 'max'] as const;
  return parts.filter((part) => before[part] !== now[part]).map((change) => ({
    app, key, change, before: String(before[change] ?? ''), now: String(now[change] ?? ''),
    loosened: change !== 'kind' && change !== 'unit' && change !== 'required' && isLooser(change, before[change], now[change]),
  }));
}

/** How settings differ from those of a baseline. */
export function compareForms(before: SettingsForms, now: SettingsForms): SettingChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((app) => {
    const old = before[app] ?? {};
    const current = now[app] ?? {};
    return [...new Set([...Object.keys(old), ...Object.keys(current)])].flatMap((key): SettingChange[] => {
      const was = old[key];
      const is = current[key];
      if (was === undefined) return [{ app, key, change: 'added', before: '', now: is?.kind ?? '', loosened: false }];
      return is === undefined ? [{ app, key, change: 'removed', before: was.kind, now: '', loosened: false }] : compareForm(app, key, was, is);
    });
  });
}
