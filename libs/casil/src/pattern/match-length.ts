import type { PatternNode } from './pattern-node.js';

/** Fewest bytes of a match. */
export function minMatchLength(node: PatternNode): number {
  switch (node.kind) {
    case 'set':
      return 1;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + minMatchLength(item), 0);
    case 'alternation':
      return Math.min(...node.choices.map(minMatchLength));
    case 'repeat':
      return node.min * minMatchLength(node.item);
  }
}

/** Most bytes of a match; Infinity where a repeat has no upper count. */
export function maxMatchLength(node: PatternNode): number {
  switch (node.kind) {
    case 'set':
      return 1;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + maxMatchLength(item), 0);
    case 'alternation':
      return Math.max(...node.choices.map(maxMatchLength));
    case 'repeat': {
      const itemLength = maxMatchLength(node.item);
      return itemLength === 0 ? 0 : node.max * itemLength;
    }
  }
}
