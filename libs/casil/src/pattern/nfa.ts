import { PatternError } from './pattern-error.js';
import type { PatternNode } from './pattern-node.js';

/** Nodes of an automaton before its determinisation; a pattern that unrolls to more is refused. */
const maxNfaNodes = 30_000;

/** The node that stands for a complete match. */
export const acceptNode = 0;

/**
 * A Thompson automaton, by node number: a node with `members` takes one byte out of them and goes on to `next`; one without goes on to `next` and
 * `other` without taking any.
 */
export interface Nfa {
  readonly entry: number;
  readonly members: readonly (Uint8Array | undefined)[];
  readonly next: readonly number[];
  readonly other: readonly number[];
}

/** @throws {PatternError} when the counted repeats unroll to too many nodes */
export function buildNfa(source: string, root: PatternNode): Nfa {
  const builder = new NfaBuilder(source);
  const entry = builder.add(root, acceptNode);
  return { entry, members: builder.members, next: builder.next, other: builder.other };
}

class NfaBuilder {
  readonly members: (Uint8Array | undefined)[] = [undefined];
  readonly next: number[] = [acceptNode];
  readonly other: number[] = [acceptNode];

  constructor(private readonly source: string) {}

  /** Adds what matches `node` and then goes on at `exit`; returns where it begins. */
  add(node: PatternNode, exit: number): number {
    switch (node.kind) {
      case 'set':
        return this.addNode(node.members, exit, exit);
      case 'sequence':
        return node.items.reduceRight((after, item) => this.add(item, after), exit);
      case 'alternation':
        return node.choices.map((choice) => this.add(choice, exit)).reduceRight((rest, entry) => this.addNode(undefined, entry, rest));
      case 'repeat':
        return this.addRepeat(node.item, node.min, node.max, exit);
    }
  }

  private addRepeat(item: PatternNode, min: number, max: number, exit: number): number {
    let entry = exit;
    if (max === Infinity) {
      entry = this.addNode(undefined, exit, exit);
      this.next[entry] = this.add(item, entry);
    } else {
      // Nested as (x(x(x)?)?)?, so that each copy has one way out and sets of nodes stay small.
      for (let count = min; count < max; count++) entry = this.addNode(undefined, this.add(item, entry), exit);
    }
    for (let count = 0; count < min; count++) entry = this.add(item, entry);
    return entry;
  }

  private addNode(members: Uint8Array | undefined, next: number, other: number): number {
    if (this.members.length >= maxNfaNodes) {
      throw new PatternError(this.source, `its counted repeats unroll to more than ${maxNfaNodes} parts: this pattern could use too much memory`);
    }
    this.members.push(members);
    this.next.push(next);
    return this.other.push(other) - 1;
  }
}
