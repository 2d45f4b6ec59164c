import { LineCounter, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';

import type { Row, WorkspaceSource } from '../fact-source.js';
import type { Workspace } from '../workspace.js';

import { daysBetween, isDate } from './calendar.js';
import { readRuleHead, type RuleHead } from './rule-heads.js';

/** Where exemptions are kept. */
export const EXEMPTIONS_PATH = 'policies/data/exemptions.yaml';

const FIELDS = ['rule', 'project', 'path', 'subject', 'reason', 'owner', 'created', 'expires'];
/** What an exemption may never switch off: else one entry could excuse all others. The rule exemption_valid has the same list. */
const NEVER_EXEMPTED = ['exemption_valid', 'td_expired', 'td_not_extended', 'no_debt_in_core'].map((rule) => `technical_debt.${rule}`);
const LONGEST_DAYS = 90;
const REQUIRED = ['rule', 'reason', 'owner', 'created', 'expires'];

/** Findings of one rule in one place that are accepted until a day. */
export interface Exemption {
  /** Line of the entry in its file. */
  readonly line: number;
  readonly rule: string;
  /** Exactly one of both is given in a valid entry; the other is empty. */
  readonly project: string;
  readonly path: string;
  /** When not empty, only the finding with this subject. */
  readonly subject: string;
  readonly reason: string;
  readonly owner: string;
  /** `YYYY-MM-DD`. */
  readonly created: string;
  /** Last day on which it holds. */
  readonly expires: string;
  /** Fields that are missing, unknown or no text, and why the entry may exempt nothing at all. */
  readonly faults: readonly string[];
}

function readEntry(map: YAMLMap, line: number): Exemption {
  const faults: string[] = [];
  const values = new Map<string, string>();
  for (const { key, value } of map.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (!FIELDS.includes(name)) faults.push(`has an unknown field ${name}`);
    else if (!isScalar(value) || typeof value.value !== 'string' || value.value.trim() === '') faults.push(`has a ${name} that is no text`);
    else values.set(name, value.value.trim());
  }
  for (const name of REQUIRED) if (!map.has(name)) faults.push(`has no ${name}`);
  const text = (name: string): string => values.get(name) ?? '';
  return {
    line, rule: text('rule'), project: text('project'), path: text('path'), subject: text('subject'), reason: text('reason'), owner: text('owner'),
    created: text('created'), expires: text('expires'), faults,
  };
}

/** Why an entry may not exempt anything, in the words of the rule that judges it. */
function barsOf({ rule, created, expires }: Exemption, head: RuleHead | undefined): string[] {
  return [
    ...(head === undefined ? ['names a rule that is not there'] : []),
    ...(head?.category === 'security' || rule.startsWith('security') ? ['is for a rule of security'] : []),
    ...(head?.severity === 'critical' ? ['is for a rule of severity critical'] : []),
    ...(NEVER_EXEMPTED.includes(rule) ? ['is for a rule that judges debts and exemptions'] : []),
    ...(!isDate(created) || !isDate(expires) ? ['has a date that is none'] : daysBetween(created, expires) > LONGEST_DAYS ? ['lasts longer than 90 days'] : []),
  ];
}

/**
 * Reads the exemptions, whether they are valid or not: the rule `technical_debt.exemption_valid` judges them, and an entry with faults or one that has
 * expired must exempt nothing.
 *
 * @throws Error when the file is missing or not a mapping of `exemptions` to a list of mappings
 */
export function readExemptions(workspace: Pick<Workspace, 'read' | 'exists'>): readonly Exemption[] {
  const lines = new LineCounter();
  const document = parseDocument(workspace.read(EXEMPTIONS_PATH), { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`${EXEMPTIONS_PATH}: ${error.message}`);
  const list = isMap(document.contents) && document.contents.items.length === 1 ? document.contents.get('exemptions') : undefined;
  if (!isSeq(list)) throw new Error(`${EXEMPTIONS_PATH}: expected one key, exemptions, with a list`);
  return list.items.map((item) => {
    if (!isMap(item)) throw new Error(`${EXEMPTIONS_PATH}: an entry is no mapping`);
    const entry = readEntry(item, lines.linePos(item.range?.[0] ?? 0).line);
    return { ...entry, faults: [...entry.faults, ...barsOf(entry, readRuleHead(workspace, entry.rule))] };
  });
}

function placeKind({ project, path }: Exemption): string {
  if ((project === '') === (path === '')) return project === '' ? 'none' : 'both';
  return project === '' ? 'path' : 'project';
}

/** Exemptions with what is needed to judge them. */
export const exemptionSource: WorkspaceSource = {
  name: 'exemptions',
  tables: {
    /**
     * place_kind: path, project, none or both; place: as written; place_exists: it is exactly a file or a project; reason_length: characters; dated: both
     * dates are dates; days_left: until the last day; lifetime_days: from created to expires; age_days: since created; rule_category and
     * rule_severity: of the rule's metadata, empty when there is no such rule; copies: entries for the same rule, place and subject.
     */
    exemptions: ['rule', 'place_kind', 'place', 'place_exists', 'subject', 'reason_length', 'owner', 'dated', 'days_left', 'lifetime_days', 'age_days', 'rule_category', 'rule_severity', 'copies', 'faults'],
  },
  read: (workspace) => {
    const files = new Set(workspace.files.map(({ path }) => path));
    const projects = new Set(workspace.projects.map(({ name }) => name));
    const found = readExemptions(workspace);
    const keyOf = ({ rule, project, path, subject }: Exemption): string => JSON.stringify([rule, project, path, subject]);
    return {
      exemptions: found.map((entry): Row => {
        const dated = isDate(entry.created) && isDate(entry.expires);
        const kind = placeKind(entry);
        const head = readRuleHead(workspace, entry.rule);
        return {
          file: EXEMPTIONS_PATH, line: entry.line, project: 'workspace', rule: entry.rule, place_kind: kind, place: entry.path === '' ? entry.project : entry.path,
          place_exists: kind === 'path' ? files.has(entry.path) : kind === 'project' && projects.has(entry.project), subject: entry.subject, reason_length: entry.reason.length,
          owner: entry.owner, dated, days_left: dated ? daysBetween(workspace.now, entry.expires) : -1, lifetime_days: dated ? daysBetween(entry.created, entry.expires) : -1,
          age_days: dated ? daysBetween(entry.created, workspace.now) : -1, rule_category: head?.category ?? '', rule_severity: head?.severity ?? '',
          copies: found.filter((other) => keyOf(other) === keyOf(entry)).length, faults: entry.faults,
        };
      }),
    };
  },
};
