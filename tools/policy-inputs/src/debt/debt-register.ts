import { parseDocument } from 'yaml';

import type { Row, WorkspaceSource } from '../fact-source.js';
import type { Workspace } from '../workspace.js';

import { addDays, daysBetween, isDate } from './calendar.js';

const FOLDER = 'docs/technical_debt/';
const FIELDS = ['id', 'title', 'severity', 'owner', 'created', 'ttl_days', 'status', 'refs'];
const TEXT_FIELDS = ['id', 'title', 'severity', 'owner', 'created', 'status'];
const SEVERITIES = new Set(['critical', 'high', 'medium', 'low']);
const STATUSES = new Set(['open', 'closed']);
const FILE_NAME = /^(TD-\d{3,})-[a-z0-9]+(-[a-z0-9]+)*\.md$/;
const MAX_TTL_DAYS = 3_650;
const MIN_PLAN_LENGTH = 40;

type Fields = Readonly<Record<string, unknown>>;

interface Item {
  readonly path: string;
  readonly fields: Fields;
  readonly body: string;
  readonly faults: readonly string[];
}

function readItem(path: string, text: string): Item {
  const match = /^---\r?\n(.*?)\r?\n---\r?\n(.*)$/s.exec(text);
  if (match === null) return { path, fields: {}, body: text, faults: ['has no front matter'] };
  const document = parseDocument(match[1] ?? '');
  const value: unknown = document.errors.length === 0 ? document.toJS() : undefined;
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return { path, fields: isMap ? (value as Fields) : {}, body: match[2] ?? '', faults: isMap ? [] : ['has front matter that is no YAML mapping'] };
}

const textIn = (fields: Fields, name: string): string => (typeof fields[name] === 'string' ? fields[name].trim() : '');

function refsOf(fields: Fields): string[] {
  return Array.isArray(fields['refs']) ? fields['refs'].filter((ref): ref is string => typeof ref === 'string') : [];
}

/** Text of the section with the exit plan, without its heading; empty when there is none. */
function exitPlanOf(body: string): string {
  const section = /^##+ +exit plan *$(.*?)(?=^##? |(?![\s\S]))/ims.exec(body);
  return (section?.[1] ?? '').trim();
}

function nameFaults({ path, fields, body }: Item): string[] {
  const id = textIn(fields, 'id');
  const found = FILE_NAME.exec(path.slice(FOLDER.length));
  const heading = /^# +(.*)$/m.exec(body)?.[1]?.trim() ?? '';
  return [
    ...(found === null ? ['is not named TD-nnn-words.md'] : found[1] === id ? [] : [`is named ${String(found[1])} but has the id ${id === '' ? 'of nothing' : id}`]),
    ...(heading === `${id}: ${textIn(fields, 'title')}` ? [] : ['has a heading other than "id: title"']),
  ];
}

/** What is wrong with an item by itself, as the end of a sentence that begins with its file. */
function faultsOf(item: Item, now: string): string[] {
  const { fields, body } = item;
  const ttl = fields['ttl_days'];
  const created = textIn(fields, 'created');
  const plan = exitPlanOf(body);
  return [
    ...item.faults,
    ...FIELDS.filter((name) => fields[name] === undefined || fields[name] === null || fields[name] === '').map((name) => `has no ${name}`),
    ...Object.keys(fields).filter((name) => !FIELDS.includes(name)).map((name) => `has an unknown field ${name}`),
    ...TEXT_FIELDS.filter((name) => fields[name] !== undefined && fields[name] !== null && typeof fields[name] !== 'string').map((name) => `has a ${name} that is no text`),
    ...(SEVERITIES.has(textIn(fields, 'severity')) ? [] : ['has a severity other than critical, high, medium and low']),
    ...(STATUSES.has(textIn(fields, 'status')) ? [] : ['has a status other than open and closed']),
    ...(/^@[\w-]+(\/[\w-]+)?$/.test(textIn(fields, 'owner')) ? [] : ['has an owner that is no @name or @organisation/team']),
    ...(!isDate(created) ? ['has a created that is no date as YYYY-MM-DD'] : daysBetween(now, created) > 0 ? ['was created in the future'] : []),
    ...(Number.isInteger(ttl) && Number(ttl) >= 1 && Number(ttl) <= MAX_TTL_DAYS ? [] : ['has a ttl_days that is no whole number of days']),
    ...(refsOf(fields).length > 0 && Array.isArray(fields['refs']) && refsOf(fields).length === fields['refs'].length ? [] : ['has no list of refs']),
    ...(plan.length >= MIN_PLAN_LENGTH ? [] : ['has no section "Exit plan" that says how the debt is paid']),
    ...nameFaults(item),
  ];
}

/** Days that are left, and the last day; of an item without valid dates -1 and empty: it has run out. */
function termOf(fields: Fields, now: string): { expires: string; daysLeft: number; ttlDays: number } {
  const created = textIn(fields, 'created');
  const ttl = fields['ttl_days'];
  if (!isDate(created) || !Number.isInteger(ttl) || Number(ttl) < 1 || Number(ttl) > MAX_TTL_DAYS) return { expires: '', daysLeft: -1, ttlDays: Number.isInteger(ttl) ? Number(ttl) : 0 };
  const expires = addDays(created, Number(ttl));
  return { expires, daysLeft: daysBetween(now, expires), ttlDays: Number(ttl) };
}

/** Last day of the same item at the base commit; empty when there is no base, or it was not there, or had no valid dates. */
function expiresAtBase(workspace: Workspace, path: string): string {
  if (workspace.base.kind !== 'commit') return '';
  const before = workspace.readAt(workspace.base.commit, path);
  return before === undefined ? '' : termOf(readItem(path, Buffer.from(before).toString('utf8')).fields, workspace.now).expires;
}

function rowOf(workspace: Workspace, item: Item, ids: readonly string[]): Row {
  const { path, fields } = item;
  const id = textIn(fields, 'id');
  const { expires, daysLeft, ttlDays } = termOf(fields, workspace.now);
  const isTaken = id !== '' && ids.filter((each) => each === id).length > 1;
  return {
    file: path, line: 1, project: 'workspace', id, severity: textIn(fields, 'severity'), owner: textIn(fields, 'owner'), status: textIn(fields, 'status'), ttl_days: ttlDays,
    expires, days_left: daysLeft, expires_at_base: expiresAtBase(workspace, path), faults: [...faultsOf(item, workspace.now), ...(isTaken ? ['has an id that another item has'] : [])],
  };
}

/** The register of technical debt. */
export const debtRegisterSource: WorkspaceSource = {
  name: 'debt register',
  tables: {
    /**
     * status: open or closed; expires: last day, created plus ttl_days; days_left: until then, negative when it has passed or cannot be told;
     * expires_at_base: the same at the base commit, else empty; faults: what is wrong with the item itself.
     */
    debt_items: ['id', 'severity', 'owner', 'status', 'ttl_days', 'expires', 'days_left', 'expires_at_base', 'faults'],
    // ref: a path that an item names; exists: it is a file of the repository or a folder with such; target: project that owns it; open: the item is.
    debt_refs: ['id', 'ref', 'exists', 'target', 'open', 'severity'],
  },
  read: (workspace) => {
    const paths = workspace.files.map(({ path }) => path);
    const items = paths.filter((path) => path.startsWith(FOLDER) && path.endsWith('.md') && path !== `${FOLDER}README.md`).map((path) => readItem(path, workspace.read(path)));
    const ids = items.map(({ fields }) => textIn(fields, 'id'));
    const known = new Set(paths);
    const refs = items.flatMap(({ path, fields }): Row[] => refsOf(fields).map((ref) => ({
      file: path, line: 1, project: 'workspace', id: textIn(fields, 'id'), ref, exists: known.has(ref) || (ref !== '' && paths.some((each) => each.startsWith(`${ref.replace(/\/$/, '')}/`))),
      target: workspace.projectOf(ref), open: textIn(fields, 'status') !== 'closed', severity: textIn(fields, 'severity'),
    })));
    return { debt_items: items.map((item) => rowOf(workspace, item, ids)), debt_refs: refs };
  },
};
