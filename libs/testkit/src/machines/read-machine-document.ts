/** A state of a machine as its document tells it. */
export interface DocumentedState {
  readonly name: string;
  readonly kind: 'initial' | 'terminal' | 'normal';
  readonly meaning: string;
  readonly line: number;
}

export interface DocumentedTransition {
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly action: string;
  readonly line: number;
}

/** A row of a table whose first cell names the thing. */
export interface DocumentedItem {
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

/** Where the code of a machine is: `states`, `transitions` and `field` once each, `test` once or more. */
export interface MachinePart {
  readonly part: 'states' | 'transitions' | 'field' | 'test';
  /** Relative to the workspace. */
  readonly file: string;
  /** What the file exports under it; of `field` the owner and the field, as `Owner.field`; `-` for a test. */
  readonly name: string;
  readonly line: number;
}

/** What a document under docs/state_machines says. */
export interface MachineDocument {
  readonly title: string;
  readonly parts: readonly MachinePart[];
  readonly states: readonly DocumentedState[];
  readonly events: readonly DocumentedItem[];
  readonly transitions: readonly DocumentedTransition[];
  readonly invariants: readonly DocumentedItem[];
  /** Why the machine has no terminal state; empty when it has one. */
  readonly endless: string;
}

/** Raised for a document that is not written as docs/state_machines/README.md says; `line` is where. */
export class MachineDocumentError extends Error {
  constructor(readonly line: number, message: string) {
    super(`line ${String(line)}: ${message}`);
    this.name = 'MachineDocumentError';
  }
}

interface Section {
  readonly title: string;
  readonly line: number;
  readonly lines: { readonly text: string; readonly line: number }[];
}

interface TableRow {
  readonly cells: readonly string[];
  readonly line: number;
}

const columnsOf = {
  Code: ['part', 'file', 'name'],
  States: ['state', 'kind', 'meaning'],
  Events: ['event', 'meaning'],
  Transitions: ['from', 'event', 'to', 'action'],
  Invariants: ['id', 'invariant'],
} as const;
const proseSections = new Set(['No end', 'Notes']);
const partNames = ['states', 'transitions', 'field', 'test'] as const;
const kinds = ['initial', 'terminal', 'normal'] as const;
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const INVARIANT = /^I-[1-9][0-9]*$/;
const RULER = /^:?-{3,}:?$/;

function fail(line: number, message: string): never {
  throw new MachineDocumentError(line, message);
}

function splitSections(text: string): { title: string; sections: Map<string, Section> } {
  const sections = new Map<string, Section>();
  let title = '';
  let current: Section | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const heading = /^(#+)\s+(.*?)\s*$/.exec(raw);
    if (heading === null) {
      current?.lines.push({ text: raw.trim(), line });
      continue;
    }
    const [, marks, name] = heading;
    if (marks === '#') {
      if (title !== '') fail(line, 'a second title');
      title = name;
      continue;
    }
    if (marks !== '##') fail(line, `a heading of depth ${String(marks.length)}`);
    if (!(name in columnsOf) && !proseSections.has(name)) fail(line, `no section is called ${name}`);
    if (sections.has(name)) fail(line, `a second section ${name}`);
    current = { title: name, line, lines: [] };
    sections.set(name, current);
  }
  if (title === '') fail(1, 'no title');
  return { title, sections };
}

function cellsOf(text: string, line: number): string[] {
  if (!text.endsWith('|') || text.length < 2) fail(line, 'a row of a table begins and ends with |');
  return text.slice(1, -1).split('|').map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1'));
}

/** The one table of a section. Text may stand before and behind it, not between its rows. */
function readTable(section: Section, columns: readonly string[]): TableRow[] {
  const first = section.lines.findIndex(({ text }) => text.startsWith('|'));
  if (first < 0) fail(section.line, `${section.title} has no table`);
  const after = section.lines.findIndex(({ text }, index) => index > first && !text.startsWith('|'));
  const end = after < 0 ? section.lines.length : after;
  const stray = section.lines.slice(end).find(({ text }) => text.startsWith('|'));
  if (stray !== undefined) fail(stray.line, `${section.title} has a second table`);
  const rows = section.lines.slice(first, end).map(({ text, line }) => ({ cells: cellsOf(text, line), line }));
  const [header, ruler, ...body] = rows;
  if (header.cells.join() !== columns.join()) fail(header.line, `the columns of ${section.title} are ${columns.join(', ')}`);
  if (ruler === undefined || ruler.cells.length !== columns.length || !ruler.cells.every((cell) => RULER.test(cell))) fail(header.line, 'no line of dashes below the header');
  for (const { cells, line } of body) {
    if (cells.length !== columns.length) fail(line, `${String(columns.length)} cells are wanted, not ${String(cells.length)}`);
    if (cells.some((cell) => cell === '')) fail(line, 'an empty cell');
  }
  return body;
}

function oneOf<T extends string>(allowed: readonly T[], value: string, line: number): T {
  return allowed.find((each) => each === value) ?? fail(line, `${value} is none of ${allowed.join(', ')}`);
}

function nameOf(value: string, line: number): string {
  return NAME.test(value) ? value : fail(line, `${value} is no name`);
}

function unique<T extends { readonly line: number }>(rows: readonly T[], key: (row: T) => string): readonly T[] {
  const seen = new Set<string>();
  for (const row of rows) {
    if (seen.has(key(row))) fail(row.line, `${key(row)} is there twice`);
    seen.add(key(row));
  }
  return rows;
}

function readParts(rows: readonly TableRow[], line: number): readonly MachinePart[] {
  const parts = rows.map(({ cells, line: at }) => ({ part: oneOf(partNames, cells[0], at), file: cells[1], name: cells[2], line: at }));
  for (const part of partNames) {
    const count = parts.filter((each) => each.part === part).length;
    if (count === 0 || (count > 1 && part !== 'test')) fail(line, `${part} is named ${String(count)} times`);
  }
  return parts;
}

/** Every state and event that a transition names is described, and the other way round. */
function checkNames({ states, events, transitions }: Pick<MachineDocument, 'states' | 'events' | 'transitions'>): void {
  const stateNames = new Set(states.map(({ name }) => name));
  const eventNames = new Set(events.map(({ name }) => name));
  for (const { from, event, to, line } of transitions) {
    for (const state of [from, to]) if (!stateNames.has(state)) fail(line, `the state ${state} is not described`);
    if (!eventNames.has(event)) fail(line, `the event ${event} is not described`);
  }
  const unused = events.find(({ name }) => !transitions.some(({ event }) => event === name));
  if (unused !== undefined) fail(unused.line, `no transition is made by ${unused.name}`);
}

/**
 * Reads a document of a state machine. Strict: what it does not understand it refuses, so that nothing written there goes unread.
 *
 * @throws MachineDocumentError with the line at fault
 */
export function readMachineDocument(text: string): MachineDocument {
  const { title, sections } = splitSections(text);
  const table = (name: keyof typeof columnsOf): TableRow[] => readTable(sections.get(name) ?? fail(1, `no section ${name}`), columnsOf[name]);
  const parts = readParts(table('Code'), sections.get('Code')?.line ?? 1);
  const states = unique(table('States').map(({ cells: [name, kind, meaning], line }) => ({ name: nameOf(name, line), kind: oneOf(kinds, kind, line), meaning, line })), ({ name }) => name);
  const events = unique(table('Events').map(({ cells: [name, meaning], line }) => ({ name: nameOf(name, line), text: meaning, line })), ({ name }) => name);
  const transitions = unique(table('Transitions').map(({ cells: [from, event, to, action], line }) => ({ from, event, to, action, line })), ({ from, event }) => `${from} ${event}`);
  const invariants = unique(table('Invariants').map(({ cells: [name, invariant], line }) => {
    if (!INVARIANT.test(name)) fail(line, `${name} is no number of an invariant, such as I-1`);
    return { name, text: invariant, line };
  }), ({ name }) => name);
  checkNames({ states, events, transitions });
  if (states.filter(({ kind }) => kind === 'initial').length !== 1) fail(sections.get('States')?.line ?? 1, 'one state is the initial one');
  const endless = sections.get('No end')?.lines.map(({ text: line }) => line).join(' ').trim() ?? '';
  return { title, parts, states, events, transitions, invariants, endless };
}
