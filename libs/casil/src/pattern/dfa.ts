import { partitionBytes } from './byte-classes.js';
import type { ByteClasses } from './byte-classes.js';
import { acceptNode, buildNfa } from './nfa.js';
import type { Nfa } from './nfa.js';
import { PatternError } from './pattern-error.js';
import type { PatternNode } from './pattern-node.js';

/**
 * A deterministic automaton: one table step per byte. A state is the index of its row in the table, because a multiplication at each step would
 * cost as much as all else. State 0 is dead (nothing can match any more); states from `firstAccepting` on are complete matches, and those from
 * `firstFinal` on cannot be extended.
 */
export interface Dfa {
  readonly classOf: Uint8Array;
  readonly classCount: number;
  /** The state after `state` and `byte`: `table[state + classOf[byte]]`. */
  readonly table: Int32Array;
  readonly stateCount: number;
  readonly start: number;
  readonly firstAccepting: number;
  readonly firstFinal: number;
}

/** Highest `maxStates`: states are numbers of 16 bits. */
export const maxDfaStates = 65_535;

/** Nodes looked at while determinising; bounds the time a hostile pattern may take to be refused. */
const maxPreparationSteps = 4_000_000;

/** @throws {PatternError} when the automaton would have more than `maxStates` states */
export function buildDfa(source: string, root: PatternNode, maxStates: number): Dfa {
  const nfa = buildNfa(source, root);
  const classes = partitionBytes(new Set(nfa.members.filter((members) => members !== undefined)));
  return new Determiniser(source, nfa, classes, Math.min(maxStates, maxDfaStates)).build();
}

/** The subset construction: a state is the set of byte-taking nodes that a text can have reached, and whether it is a match. */
class Determiniser {
  private readonly classesOfNode: readonly (readonly number[])[];
  private readonly reachable: (readonly number[] | undefined)[];
  /** By node, the last union and the last visit in which it was met. */
  private readonly unionOf: Uint32Array;
  private readonly visitOf: Uint32Array;
  private union = 0;
  private visit = 0;
  private stepsLeft = maxPreparationSteps;

  private readonly nodesOf: (readonly number[])[] = [[]];
  private readonly isAccepting: boolean[] = [false];
  private readonly known = new Map<string, number>();
  /** The state of a lone node, by node and whether it is a match too; most states of counted repeats are such. */
  private readonly knownLone: Int32Array;
  private rows: Uint16Array;

  constructor(
    private readonly source: string,
    private readonly nfa: Nfa,
    private readonly classes: ByteClasses,
    private readonly maxStates: number,
  ) {
    const nodeCount = nfa.members.length;
    this.classesOfNode = nfa.members.map((members) => (members === undefined ? [] : (classes.classesOf.get(members) ?? [])));
    this.reachable = new Array<readonly number[] | undefined>(nodeCount).fill(undefined);
    this.unionOf = new Uint32Array(nodeCount);
    this.visitOf = new Uint32Array(nodeCount);
    this.knownLone = new Int32Array(nodeCount * 2).fill(-1);
    this.rows = new Uint16Array(classes.count * 64);
    this.known.set('', 0);
  }

  build(): Dfa {
    const start = this.stateOf(this.reachableFrom(this.nfa.entry));
    for (let state = 1; state < this.nodesOf.length; state++) this.fillRow(state);
    return this.renumbered(start);
  }

  private fillRow(state: number): void {
    const nodes = this.nodesOf[state];
    const row = state * this.classes.count;
    if (nodes.length === 1) {
      const [node] = nodes;
      const target = this.stateOf(this.reachableFrom(this.nfa.next[node]));
      for (const byteClass of this.classesOfNode[node]) this.rows[row + byteClass] = target;
      return;
    }
    const takingOf = new Map<number, number[]>();
    for (const node of nodes) {
      for (const byteClass of this.classesOfNode[node]) {
        const taking = takingOf.get(byteClass);
        if (taking === undefined) takingOf.set(byteClass, [node]);
        else taking.push(node);
      }
    }
    // Most classes are taken by the same nodes as the one before.
    let previous: readonly number[] = [];
    let target = 0;
    for (const [byteClass, taking] of takingOf) {
      if (!hasSameItems(taking, previous)) target = this.stateOf(this.unionAfter(taking));
      previous = taking;
      this.rows[row + byteClass] = target;
    }
  }

  /** What can be reached after any of `taking` has taken a byte. */
  private unionAfter(taking: readonly number[]): number[] {
    const number = ++this.union;
    const union: number[] = [];
    for (const node of taking) {
      const reached = this.reachableFrom(this.nfa.next[node]);
      this.takeSteps(reached.length);
      for (const after of reached) {
        if (this.unionOf[after] === number) continue;
        this.unionOf[after] = number;
        union.push(after);
      }
    }
    return union;
  }

  /** The byte-taking nodes and the accepting node that lie behind `from` without taking a byte. */
  private reachableFrom(from: number): readonly number[] {
    const remembered = this.reachable[from];
    if (remembered !== undefined) return remembered;
    const reached: number[] = [];
    const visit = ++this.visit;
    const open = [from];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (this.visitOf[node] === visit) continue;
      this.visitOf[node] = visit;
      this.stepsLeft--;
      if (node === acceptNode || this.nfa.members[node] !== undefined) {
        reached.push(node);
        continue;
      }
      open.push(this.nfa.other[node], this.nfa.next[node]);
    }
    this.takeSteps(0);
    this.reachable[from] = reached;
    return reached;
  }

  /** The state for a set of nodes, which is added when it is new. */
  private stateOf(reached: readonly number[]): number {
    const isAccepting = reached.includes(acceptNode);
    const nodes = isAccepting ? reached.filter((node) => node !== acceptNode) : reached;
    if (nodes.length === 1) {
      const lone = nodes[0] * 2 + (isAccepting ? 1 : 0);
      if (this.knownLone[lone] < 0) this.knownLone[lone] = this.addState(nodes, isAccepting);
      return this.knownLone[lone];
    }
    const key = `${isAccepting ? '+' : ''}${nodes.toSorted((left, right) => left - right).join()}`;
    const state = this.known.get(key) ?? this.addState(nodes, isAccepting);
    this.known.set(key, state);
    return state;
  }

  private addState(nodes: readonly number[], isAccepting: boolean): number {
    const state = this.nodesOf.length;
    if (state > this.maxStates) {
      throw this.refusal(`it could need more than ${this.maxStates} states: this pattern could run super-linearly or use too much memory`);
    }
    this.takeSteps(nodes.length);
    this.nodesOf.push(nodes);
    this.isAccepting.push(isAccepting);
    const neededLength = (state + 1) * this.classes.count;
    if (neededLength > this.rows.length) {
      const grown = new Uint16Array(neededLength * 2);
      grown.set(this.rows);
      this.rows = grown;
    }
    return state;
  }

  private takeSteps(count: number): void {
    this.stepsLeft -= count;
    if (this.stepsLeft < 0) throw this.refusal('it has too many ways to match: this pattern could run super-linearly or use too much memory');
  }

  /** The table with the states in the order that {@link Dfa} promises: dead, open, matches, matches that cannot be extended. */
  private renumbered(start: number): Dfa {
    const stateCount = this.nodesOf.length;
    const { count: classCount, classOf } = this.classes;
    const rankOf = (state: number): number => (state === 0 ? 0 : !this.isAccepting[state] ? 1 : this.nodesOf[state].length > 0 ? 2 : 3);
    const counts = [0, 0, 0, 0];
    for (let state = 0; state < stateCount; state++) counts[rankOf(state)]++;
    const firstAccepting = 1 + counts[1];
    const firstFinal = firstAccepting + counts[2];
    const nextOfRank = [0, 1, firstAccepting, firstFinal];
    const rowOf = new Int32Array(stateCount);
    for (let state = 0; state < stateCount; state++) rowOf[state] = nextOfRank[rankOf(state)]++ * classCount;
    const table = new Int32Array(stateCount * classCount);
    for (let state = 1; state < stateCount; state++) {
      const from = state * classCount;
      for (let byteClass = 0; byteClass < classCount; byteClass++) table[rowOf[state] + byteClass] = rowOf[this.rows[from + byteClass]];
    }
    return { classOf, classCount, table, stateCount, start: rowOf[start], firstAccepting: firstAccepting * classCount, firstFinal: firstFinal * classCount };
  }

  private refusal(reason: string): PatternError {
    return new PatternError(this.source, reason);
  }
}

function hasSameItems(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}
