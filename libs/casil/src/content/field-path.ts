const maxSegments = 32;
/** States of the compiled paths; more come only from many wildcards mixed. */
const maxStates = 4_096;

/** The state in which no path can match any more, whatever follows. */
export const deadState = 0;

/**
 * Field paths compiled to one table of states: a reader begins in `startState` and steps once for each name or index on the way down. Names are
 * compared byte for byte.
 */
export interface FieldPaths {
  readonly startState: number;
  /** The state after the name with this id, or with -1 any name that no path mentions. */
  step(state: number, nameId: number): number;
  /** Whether the value that this state is reached at is named by a path. */
  isMatch(state: number): boolean;
  /** Id of a name that a path mentions, or -1. */
  idOf(name: string): number;
  idOfBytes(bytes: Uint8Array, start: number, end: number): number;
  idOfIndex(index: number): number;
}

const anyOne = Symbol('any one');
const anyMany = Symbol('any many');
type Segment = string | typeof anyOne | typeof anyMany;

/**
 * Compiles paths such as `user.password`, `items.*.token`, `items.0.token`, `**.ssn`: names and array indexes joined by dots, `*` for any one,
 * `**` for any number of them, also none, but at the end at least one; `\.` is a dot inside a name. Raises an Error that lists every path that is
 * malformed.
 */
export function compileFieldPaths(paths: readonly string[]): FieldPaths {
  const faults: string[] = [];
  const segmentLists = paths.flatMap((path) => {
    const segments = parsePath(path);
    if (typeof segments !== 'string') return [segments];
    faults.push(`${JSON.stringify(path)} ${segments}`);
    return [];
  });
  if (faults.length > 0) throw new Error(`field paths: ${faults.join('; ')}`);
  return new PathTable(segmentLists);
}

/** The segments, or what is wrong. */
function parsePath(path: string): Segment[] | string {
  const segments: Segment[] = [];
  let name = '';
  let hasEscape = false;
  const endSegment = (): string | undefined => {
    if (name === '') return 'has an empty name';
    if (!hasEscape && name.includes('*') && name !== '*' && name !== '**') return 'has a * that is not a name of its own';
    const segment = !hasEscape && name === '*' ? anyOne : !hasEscape && name === '**' ? anyMany : name;
    if (segment !== anyMany || segments.at(-1) !== anyMany) segments.push(segment);
    name = '';
    hasEscape = false;
    return segments.length > maxSegments ? `has more than ${String(maxSegments)} names` : undefined;
  };
  for (let at = 0; at < path.length; at++) {
    if (path[at] === '\\') {
      const escaped = path[++at];
      if (escaped !== '.' && escaped !== '\\' && escaped !== '*') return 'has a backslash that is not before a dot, a star or a backslash';
      name += escaped;
      hasEscape = true;
    } else if (path[at] === '.') {
      const fault = endSegment();
      if (fault !== undefined) return fault;
    } else {
      name += path[at];
    }
  }
  return endSegment() ?? segments;
}

/** A place in the paths: the path's index times this, plus how many segments are behind. */
const placesPerPath = maxSegments + 1;

class PathTable implements FieldPaths {
  readonly startState: number;
  private readonly names = new Map<string, number>();
  private readonly nameBytes: Uint8Array[] = [];
  private readonly byLength = new Map<number, number[]>();
  private readonly indexes = new Map<number, number>();
  private readonly matches: boolean[] = [];
  private readonly next: number[] = [];
  private readonly states = new Map<string, number>();
  private readonly pending: (readonly number[])[] = [];

  constructor(private readonly paths: readonly (readonly Segment[])[]) {
    for (const segment of paths.flat()) if (typeof segment === 'string') this.addName(segment);
    this.stateOf([]);
    this.startState = this.stateOf(this.closed(paths.map((_path, index) => index * placesPerPath)));
    for (const places of this.pending) {
      for (let nameId = -1; nameId < this.nameBytes.length; nameId++) this.next.push(this.stateOf(this.after(places, nameId)));
    }
  }

  step(state: number, nameId: number): number {
    return this.next[state * (this.nameBytes.length + 1) + nameId + 1];
  }

  isMatch(state: number): boolean {
    return this.matches[state];
  }

  idOf(name: string): number {
    return this.names.get(name) ?? -1;
  }

  idOfIndex(index: number): number {
    return this.indexes.get(index) ?? -1;
  }

  idOfBytes(bytes: Uint8Array, start: number, end: number): number {
    const candidates = this.byLength.get(end - start);
    if (candidates === undefined) return -1;
    for (const id of candidates) {
      const name = this.nameBytes[id];
      let at = 0;
      while (at < name.length && bytes[start + at] === name[at]) at++;
      if (at === name.length) return id;
    }
    return -1;
  }

  private addName(name: string): void {
    if (this.names.has(name)) return;
    const id = this.nameBytes.length;
    const bytes = new TextEncoder().encode(name);
    this.names.set(name, id);
    this.nameBytes.push(bytes);
    this.byLength.set(bytes.length, [...(this.byLength.get(bytes.length) ?? []), id]);
    if (String(Number(name)) === name) this.indexes.set(Number(name), id);
  }

  private stateOf(places: readonly number[]): number {
    const key = places.join(' ');
    const known = this.states.get(key);
    if (known !== undefined) return known;
    const state = this.pending.length;
    if (state >= maxStates) throw new Error('field paths: too many wildcards in one list');
    this.states.set(key, state);
    this.pending.push(places);
    this.matches.push(places.some((place) => place % placesPerPath === this.paths[Math.floor(place / placesPerPath)].length));
    return state;
  }

  /** Where the places lead when the next name on the way down is this one. */
  private after(places: readonly number[], nameId: number): number[] {
    const reached: number[] = [];
    for (const place of places) {
      const path = this.paths[Math.floor(place / placesPerPath)];
      const at = place % placesPerPath;
      if (at === path.length) continue;
      const segment = path[at];
      if (segment === anyMany) reached.push(place, ...(at === path.length - 1 ? [place + 1] : []));
      else if (segment === anyOne || this.names.get(segment) === nameId) reached.push(place + 1);
    }
    return this.closed(reached);
  }

  /** `**` may stand for nothing, except at the end. */
  private closed(places: readonly number[]): number[] {
    const all = new Set(places);
    for (const place of all) {
      const path = this.paths[Math.floor(place / placesPerPath)];
      const at = place % placesPerPath;
      if (path[at] === anyMany && at < path.length - 1) all.add(place + 1);
    }
    return [...all].sort((left, right) => left - right);
  }
}
