import { LineCounter, isMap, isNode, isScalar, parseDocument, type Document } from 'yaml';

/** A YAML document with the lines of its nodes. */
export interface LinedYaml {
  readonly value: unknown;
  /** Line of the node at a path, else of its nearest ancestor, from 1. */
  readonly lineOf: (path: readonly (string | number)[]) => number;
  /** Line on which the text of a scalar begins; of a block that is the line after its mark. */
  readonly textLineOf: (path: readonly (string | number)[]) => number;
  /** The comment on the line of a scalar. */
  readonly commentOf: (path: readonly (string | number)[]) => string;
}

/** @throws Error when the text is no YAML, or has a key twice */
export function parseLinedYaml(path: string, text: string): LinedYaml {
  const lines = new LineCounter();
  const document: Document = parseDocument(text, { lineCounter: lines });
  const [fault] = document.errors;
  if (fault !== undefined) throw new Error(`${path}: ${fault.message}`);
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const lineOf = (at: readonly (string | number)[]): number => {
    for (let length = at.length; length > 0; length -= 1) {
      const parent = document.getIn(at.slice(0, length - 1), true);
      const key = at[length - 1];
      const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return lineAt(pair.key.range[0]);
      const node = document.getIn(at.slice(0, length), true);
      if (isNode(node) && node.range) return lineAt(node.range[0]);
    }
    return 1;
  };
  const textLineOf = (at: readonly (string | number)[]): number => {
    const node = document.getIn(at, true);
    if (!isScalar(node) || !node.range) return lineOf(at);
    return lineAt(node.range[0]) + (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED' ? 1 : 0);
  };
  const commentOf = (at: readonly (string | number)[]): string => {
    const node = document.getIn(at, true);
    return isNode(node) ? (node.comment ?? '').trim() : '';
  };
  return { value: document.toJS() as unknown, lineOf, textLineOf, commentOf };
}
