import type { Row, Rows, WorkspaceSource } from '../fact-source.js';
import { StaticValues } from '../transport/static-values.js';
import type { Workspace } from '../workspace.js';
import { environmentName, readDeclaredSettings, type DeclaredSetting } from './read-settings.js';
import { compareForms, formsOf, shownDefault, type SettingsForms } from './settings-baseline.js';

export const SETTINGS_BASELINE = 'policies/data/settings_baseline.json';

const DOCUMENT = 'docs/configuration.md';

/** `APP KEY ENV` of every row of the tables in docs/configuration.md: a heading of level two names the app. */
export function readDocumentedSettings(markdown: string): Set<string> {
  const documented = new Set<string>();
  let app = '';
  for (const line of markdown.split('\n')) {
    app = /^## (\S+)$/.exec(line)?.[1] ?? (line.startsWith('## ') ? '' : app);
    const row = /^\| `([^`]+)` \| `([^`]+)` \|/.exec(line);
    if (row !== null) documented.add(`${app} ${row[1] ?? ''} ${row[2] ?? ''}`);
  }
  return documented;
}

/** Keys in backquotes within items of the changelog's unreleased section that say so of a removal, a rename or a break. */
export function announcedRemovals(changelog: string): Set<string> {
  const start = changelog.search(/^## \[Unreleased\]/m);
  if (start < 0) return new Set();
  const rest = changelog.slice(start + 1);
  const end = rest.search(/^## /m);
  const found = new Set<string>();
  let isRemoved = false;
  for (const item of (end < 0 ? rest : rest.slice(0, end)).split(/^(?=[-*#])/m)) {
    if (item.startsWith('###')) isRemoved = /^### Removed\b/.test(item);
    else if (isRemoved || /\b(removed|renamed|breaking)\b/i.test(item)) for (const [, key = ''] of item.matchAll(/`([a-z][a-z0-9_.]*)`/g)) found.add(key);
  }
  return found;
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function settingRow(workspace: Workspace, setting: DeclaredSetting, documented: ReadonlySet<string>): Row {
  const { app, key, kind, place, options } = setting;
  const largest = options.max ?? options.cap;
  const count = options.maxCount;
  return {
    file: place.file, line: place.line, project: workspace.projectOf(place.file),
    app, key, kind, unit: textOf(options.unit), env: environmentName(setting), own_env: options.env !== undefined,
    required: options.required === true, has_default: options.default !== undefined, default: shownDefault(setting).replace(/^"(.*)"$/, '$1'), default_is_number: typeof options.default === 'number',
    has_max: typeof largest === 'number', max: numberOr(largest, 0), has_min: typeof options.min === 'number', min: numberOr(options.min, 0),
    cap: numberOr(options.cap, 0), count_bounded: count === undefined || typeof count === 'number',
    documented: documented.has(`${app} ${key} ${environmentName(setting)}`), readable: !JSON.stringify({ ...options, pattern: '', allowed: '', parse: '', doc: '' }).includes('"unreadable"'),
  };
}

function readBaseline(workspace: Workspace): SettingsForms {
  return (JSON.parse(workspace.read(SETTINGS_BASELINE)) as { settings_baseline: SettingsForms }).settings_baseline;
}

function changeRows(workspace: Workspace, settings: readonly DeclaredSetting[]): Row[] {
  const announced = workspace.exists('CHANGELOG.md') ? announcedRemovals(workspace.read('CHANGELOG.md')) : new Set<string>();
  const places = new Map(settings.map(({ app, key, place }) => [`${app} ${key}`, place]));
  return compareForms(readBaseline(workspace), formsOf(settings)).map((change) => {
    const { file, line } = places.get(`${change.app} ${change.key}`) ?? { file: SETTINGS_BASELINE, line: 1 };
    return { file, line, project: workspace.projectOf(file), ...change, announced: announced.has(change.key) };
  });
}

/** The settings of the apps, read from their schemas without running them. */
export const configurationSource: WorkspaceSource = {
  name: 'configuration',
  tables: {
    // Each setting of each app. `env`: its name in the environment, `own_env`: the schema names it itself. `default`: as written, or JSON. `max`: max, else cap;
    // 0 beside has_max false. `count_bounded`: maxCount is a number or left to the kind. `documented`: docs/configuration.md has app, key and name.
    // `readable`: every bound and default is known without running the code.
    settings: [
      'app', 'key', 'kind', 'unit', 'env', 'own_env', 'required', 'has_default', 'default', 'default_is_number', 'has_max', 'max', 'has_min', 'min', 'cap',
      'count_bounded', 'documented', 'readable',
    ],
    // One row for each schema, or part of one, that cannot be read.
    settings_faults: ['message'],
    // How settings differ from policies/data/settings_baseline.json. `change`: added, removed, kind, unit, required, default, min, max. `announced`: the changelog's
    // unreleased section names the key as removed, renamed or breaking.
    setting_changes: ['app', 'key', 'change', 'before', 'now', 'loosened', 'announced'],
  },
  read: (workspace, syntaxRows): Rows => {
    const { settings, faults } = readDeclaredSettings(new StaticValues(workspace), syntaxRows);
    const documented = workspace.exists(DOCUMENT) ? readDocumentedSettings(workspace.read(DOCUMENT)) : new Set<string>();
    return {
      settings: settings.map((one) => settingRow(workspace, one, documented)),
      settings_faults: faults.map(({ place, message }) => ({ ...place, project: workspace.projectOf(place.file), message })),
      setting_changes: changeRows(workspace, settings),
    };
  },
};
