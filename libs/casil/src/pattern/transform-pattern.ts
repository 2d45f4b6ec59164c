import type { PatternNode } from './pattern-node.js';

const anyBytes: PatternNode = { kind: 'repeat', item: { kind: 'set', members: new Uint8Array(256).fill(1) }, min: 0, max: Infinity };

/** The pattern that matches the same texts read backwards. */
export function reversed(node: PatternNode): PatternNode {
  switch (node.kind) {
    case 'set':
      return node;
    case 'sequence':
      return { kind: 'sequence', items: node.items.map(reversed).reverse() };
    case 'alternation':
      return { kind: 'alternation', choices: node.choices.map(reversed) };
    case 'repeat':
      return { ...node, item: reversed(node.item) };
  }
}

/** The pattern behind any bytes, so that it need not begin where the text does. */
export function afterAnyBytes(node: PatternNode): PatternNode {
  return { kind: 'sequence', items: [anyBytes, node] };
}

/** A pattern of fewer states that matches everything that `node` does, and more: counts of three and above become "any number of times". */
export function withoutCounts(node: PatternNode): PatternNode {
  switch (node.kind) {
    case 'set':
      return node;
    case 'sequence':
      return { kind: 'sequence', items: node.items.map(withoutCounts) };
    case 'alternation':
      return { kind: 'alternation', choices: node.choices.map(withoutCounts) };
    case 'repeat': {
      const item = withoutCounts(node.item);
      return node.max < 3 ? { ...node, item } : { kind: 'repeat', item, min: Math.min(node.min, 1), max: Infinity };
    }
  }
}
