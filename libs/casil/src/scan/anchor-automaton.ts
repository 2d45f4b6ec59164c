/** Where an anchor ends, and whose it is. */
export interface AnchorOwner {
  readonly detector: number;
  readonly anchor: number;
  /** Bytes of the anchor. */
  readonly length: number;
  /** Whether a byte of it shares its class with others, so that the text is to be looked at again. */
  readonly isVague: boolean;
}

/**
 * All anchors of all detectors as one Aho-Corasick automaton: a byte costs one class and one table look-up, whatever the number of anchors.
 * ASCII letters are compared without regard to case.
 */
export interface AnchorAutomaton {
  /** Class of each byte, below 64; bytes that stand in no anchor share class 0, rare ones share a class each, so a hit is to be looked at again. */
  readonly classes: Uint8Array;
  /** `next[state << 6 | class]`; 0 is the start. States near it come first: they are used most, and stay in the processor's cache. */
  readonly next: Uint16Array;
  /** States from here on end at least one anchor. */
  readonly firstOutput: number;
  /** Owners of the anchors that end in state `firstOutput + index`. */
  readonly outputs: readonly (readonly AnchorOwner[])[];
  /** Bytes of the anchor that may be going on in each state: what began before them is over. */
  readonly depths: Uint8Array;
}

interface TrieNode {
  readonly edges: Map<number, number>;
  fail: number;
  owners: AnchorOwner[];
  readonly depth: number;
}

/** Builds the automaton of `anchors[detector][anchor]`, lower-case texts of which each character is one byte. Raises RangeError for an empty anchor, a long one or one with capitals. */
export function buildAnchorAutomaton(anchors: readonly (readonly string[])[]): AnchorAutomaton {
  const classes = classesOf(anchors);
  const trie = buildTrie(anchors, classes);
  if (trie.length > maxStates) throw new RangeError(`${String(trie.length)} states are more than an automaton of anchors may have`);
  const order = linkFailures(trie);
  const { numbers, firstOutput } = numberStates(trie, order);
  const next = new Uint16Array(trie.length * classCount);
  const outputs: AnchorOwner[][] = [];
  // Breadth first: a node's failure stands complete when the node is written.
  const depths = new Uint8Array(trie.length);
  for (const node of order) {
    const { edges, fail, owners, depth } = trie[node];
    depths[numbers[node]] = depth;
    const at = numbers[node] * classCount;
    const failAt = numbers[fail] * classCount;
    for (let cls = 0; cls < classCount; cls += 1) {
      const child = edges.get(cls);
      next[at + cls] = child === undefined ? (node === 0 ? 0 : next[failAt + cls]) : numbers[child];
    }
    if (owners.length > 0) outputs[numbers[node] - firstOutput] = owners;
  }
  return { classes, next, firstOutput, outputs, depths };
}

const classCount = 64;
/** What `depths` can tell of. */
const maxAnchorBytes = 255;
const maxStates = 65_536;

/** A class for each byte of the anchors, the frequent ones first; those beyond the number of classes share what is left. */
function classesOf(anchors: readonly (readonly string[])[]): Uint8Array {
  const counts = new Map<number, number>();
  for (const anchor of anchors.flat()) {
    if (anchor.length > maxAnchorBytes) throw new RangeError(`anchor ${JSON.stringify(anchor)} has more than ${String(maxAnchorBytes)} bytes`);
    if (anchor === '' || /[A-Z\u0100-\uffff]/.test(anchor)) throw new RangeError(`anchor ${JSON.stringify(anchor)} is not lower-case, or no text of bytes`);
    for (let at = 0; at < anchor.length; at += 1) counts.set(anchor.charCodeAt(at), (counts.get(anchor.charCodeAt(at)) ?? 0) + 1);
  }
  const classes = new Uint8Array(256);
  const frequentFirst = [...counts].sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || a - b);
  for (const [index, [byte]] of frequentFirst.entries()) {
    const cls = index < ownClasses ? index + 1 : ownClasses + 1 + ((index - ownClasses) % sharedClasses);
    classes[byte] = cls;
    if (byte >= 0x61 && byte <= 0x7a) classes[byte - 32] = cls;
  }
  return classes;
}

const sharedClasses = 8;
/** One class is for bytes of no anchor. */
const ownClasses = classCount - 1 - sharedClasses;

function buildTrie(anchors: readonly (readonly string[])[], classes: Uint8Array): TrieNode[] {
  const trie: TrieNode[] = [{ edges: new Map(), fail: 0, owners: [], depth: 0 }];
  for (const [detector, texts] of anchors.entries()) {
    for (const [anchor, text] of texts.entries()) {
      let node = 0;
      for (let i = 0; i < text.length; i += 1) {
        const cls = classes[text.charCodeAt(i)];
        let child = trie[node].edges.get(cls);
        if (child === undefined) {
          child = trie.length;
          trie[node].edges.set(cls, child);
          trie.push({ edges: new Map(), fail: 0, owners: [], depth: i + 1 });
        }
        node = child;
      }
      const isVague = Array.from(text, (character) => classes[character.charCodeAt(0)]).some((cls) => cls > ownClasses);
      trie[node].owners.push({ detector, anchor, length: text.length, isVague });
    }
  }
  return trie;
}

/** Sets failures and inherited owners; returns the nodes breadth first. */
function linkFailures(trie: TrieNode[]): number[] {
  const order = [0];
  for (let index = 0; index < order.length; index += 1) {
    const node = order[index];
    for (const [cls, child] of trie[node].edges) {
      order.push(child);
      if (node === 0) continue;
      let fail = trie[node].fail;
      while (fail !== 0 && !trie[fail].edges.has(cls)) fail = trie[fail].fail;
      trie[child].fail = trie[fail].edges.get(cls) ?? 0;
      // Longest first: the node's own anchors stand before those it ends in.
      trie[child].owners = [...trie[child].owners, ...trie[trie[child].fail].owners];
    }
  }
  return order;
}

/** States without output first, so that one comparison tells whether something ends here; each group breadth first. */
function numberStates(trie: readonly TrieNode[], order: readonly number[]): { numbers: Int32Array; firstOutput: number } {
  const numbers = new Int32Array(trie.length);
  const withoutOutput = order.filter((node) => trie[node].owners.length === 0);
  const withOutput = order.filter((node) => trie[node].owners.length > 0);
  for (const [number, node] of [...withoutOutput, ...withOutput].entries()) numbers[node] = number;
  return { numbers, firstOutput: withoutOutput.length };
}
