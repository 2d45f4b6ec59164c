import type { Row, Rows } from '../fact-source.js';
import { isStateName } from './state-names.js';

const texts = (row: Row, column: string): readonly string[] => row[column] as readonly string[];

/** Sets of texts that scripts declare, by name. */
export class StateSets {
  readonly #byName = new Map<string, Row[]>();
  readonly #rows: readonly Row[];
  readonly #fields: readonly Row[];

  constructor(rows: Rows) {
    this.#rows = rows.string_sets ?? [];
    this.#fields = rows.state_fields ?? [];
    for (const row of this.#rows) this.#byName.set(String(row.name), [...(this.#byName.get(String(row.name)) ?? []), row]);
  }

  find(file: string, name: string): Row | undefined {
    return this.#byName.get(name)?.find((row) => row.file === file);
  }

  /** Sets that a name can mean: of the file, else of the project, else any. */
  #named(name: string, from: Row): readonly Row[] {
    const all = this.#byName.get(name) ?? [];
    const near = all.filter(({ file }) => file === from.file);
    const own = near.length > 0 ? near : all.filter(({ project }) => project === from.project);
    return own.length > 0 ? own : all;
  }

  /** All texts of a set, those it takes from others included. */
  membersOf(row: Row, seen: ReadonlySet<Row> = new Set()): readonly string[] {
    if (seen.has(row)) return [];
    const further = new Set([...seen, row]);
    const taken = texts(row, 'references').flatMap((name) => this.#named(name, row)).flatMap((each) => this.membersOf(each, further));
    return [...new Set([...texts(row, 'members'), ...taken])];
  }

  #isStateSet(row: Row, used: ReadonlySet<Row>): boolean {
    const form = String(row.form);
    const references = texts(row, 'references');
    if (form === 'untyped' || form === 'tagged' || form === 'object') return true;
    // Another name for one set is no set of its own, and a tag is one state of several.
    if (form === 'tag' || (texts(row, 'members').length === 0 && references.length < 2) || this.membersOf(row).length < 2) return false;
    const hasTags = form === 'type' && references.some((name) => this.#named(name, row).some((each) => each.form === 'tag'));
    const isByName = form !== 'keys' && isStateName(String(row.name));
    return form === 'inline' || hasTags || isByName || used.has(row);
  }

  /** Sets that are states: by their name, or because a field whose name says so holds them. */
  stateSets(): readonly Row[] {
    const used = new Set<Row>();
    const follow = (row: Row, references: readonly string[]): void => {
      for (const each of references.flatMap((name) => this.#named(name, row))) {
        if (used.has(each)) continue;
        used.add(each);
        follow(each, texts(each, 'references'));
      }
    };
    for (const field of this.#fields) follow(field, texts(field, 'references'));
    for (const row of this.#rows) if (row.form === 'type' && isStateName(String(row.name))) follow(row, texts(row, 'references'));
    return this.#rows.filter((row) => this.#isStateSet(row, used));
  }
}
