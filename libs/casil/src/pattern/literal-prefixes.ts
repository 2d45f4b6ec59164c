import type { PatternNode } from './pattern-node.js';

/** Fewest bytes of a literal worth looking for. */
export const minPrefixBytes = 3;
const maxPrefixBytes = 32;
const maxPrefixCount = 32;
/** Sets of more bytes end a literal: spelling them out would make more literals, not more selective ones. */
const maxSpelledMembers = 8;

/** Bytes left out because the other case of the letter stands in the literal. */
const foldedBytes = new Uint8Array(256).fill(1, 0x41, 0x5b);
const noBytes = new Uint8Array(256);

interface Prefix {
  readonly text: string;
  /** The text is all that was matched so far, so what follows in the pattern follows it. */
  readonly isOpen: boolean;
}

/**
 * ASCII literals, one of which every match begins with; undefined when there is no such list of at most 32 literals of 3 to 32 bytes each.
 * `ignoreCase`: the tree was parsed so; the literals are lower-cased.
 */
export function literalPrefixes(root: PatternNode, { ignoreCase }: { readonly ignoreCase: boolean }): readonly string[] | undefined {
  const prefixes = extend([{ text: '', isOpen: true }], root, ignoreCase ? foldedBytes : noBytes);
  const texts = [...new Set(prefixes.map(({ text }) => text))];
  if (texts.some((text) => text.length < minPrefixBytes)) return undefined;
  return texts.filter((text) => !texts.some((other) => other !== text && text.startsWith(other)));
}

function extend(prefixes: readonly Prefix[], node: PatternNode, skipped: Uint8Array): readonly Prefix[] {
  if (!prefixes.some(({ isOpen }) => isOpen)) return prefixes;
  switch (node.kind) {
    case 'set':
      return extendBySet(prefixes, node.members, skipped);
    case 'sequence':
      return node.items.reduce((longer, item) => extend(longer, item, skipped), prefixes);
    case 'alternation': {
      const longer = node.choices.flatMap((choice) => extend(prefixes, choice, skipped));
      return longer.length <= maxPrefixCount ? longer : closed(prefixes);
    }
    case 'repeat': {
      let longer = prefixes;
      for (let count = 0; count < node.min && count < maxPrefixBytes; count++) longer = extend(longer, node.item, skipped);
      if (node.min === node.max) return longer;
      if (node.max !== node.min + 1) return closed(longer);
      const either = [...longer, ...extend(longer, node.item, skipped)];
      return either.length <= maxPrefixCount ? either : closed(longer);
    }
  }
}

function extendBySet(prefixes: readonly Prefix[], members: Uint8Array, skipped: Uint8Array): readonly Prefix[] {
  const spelled: string[] = [];
  for (let byte = 0; byte < 256; byte++) {
    if (members[byte] === 0 || skipped[byte] === 1) continue;
    if (byte >= 0x80 || spelled.length === maxSpelledMembers) return closed(prefixes);
    spelled.push(String.fromCharCode(byte));
  }
  const longer = prefixes.flatMap((prefix) => {
    if (!prefix.isOpen || prefix.text.length === maxPrefixBytes) return [{ text: prefix.text, isOpen: false }];
    return spelled.map((character) => ({ text: prefix.text + character, isOpen: true }));
  });
  return longer.length <= maxPrefixCount ? longer : closed(prefixes);
}

function closed(prefixes: readonly Prefix[]): readonly Prefix[] {
  return prefixes.map(({ text }) => ({ text, isOpen: false }));
}
