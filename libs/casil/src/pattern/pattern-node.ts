/** A pattern as a tree over bytes. Trees are immutable; nodes may be shared. */
export type PatternNode = SetNode | SequenceNode | AlternationNode | RepeatNode;

/** One byte out of a set; never an empty set. */
export interface SetNode {
  readonly kind: 'set';
  /** 256 entries; 1 for each byte that belongs to the set. */
  readonly members: Uint8Array;
}

/** All items in their order; no items: the empty text. */
export interface SequenceNode {
  readonly kind: 'sequence';
  readonly items: readonly PatternNode[];
}

/** One of at least two choices. Their order means nothing: the longest match counts. */
export interface AlternationNode {
  readonly kind: 'alternation';
  readonly choices: readonly PatternNode[];
}

/** `item` from `min` to `max` times; `max` is Infinity for `*`, `+` and `{n,}`. */
export interface RepeatNode {
  readonly kind: 'repeat';
  readonly item: PatternNode;
  readonly min: number;
  readonly max: number;
}
