import { buildAnchorAutomaton } from '../scan/anchor-automaton.js';
import type { ScanText } from '../scan/scan-text.js';
import { alphanumericBit, characterBits, holdsFolded, isLeftEdge, literalTable, standsAny } from './character-classes.js';
import type { AnchorHit, Confidence, Detector, FindingSink } from './detector.js';
import { promptPhrases } from './prompt-phrases.js';

const id = 'prompt-injection';

const { chatMarks, overrideVerbs, promptNames, weakPhrases } = promptPhrases;
const verbs = literalTable(overrideVerbs);
const priorWords = literalTable(promptPhrases.priorWords);
const wideWords = literalTable(promptPhrases.wideWords);
const instructionWords = literalTable(promptPhrases.instructionWords);
const ruleWords = literalTable(promptPhrases.ruleWords);
const revealWords = literalTable(promptPhrases.revealWords);

/** Smuggled text written as escapes of JSON: the first half of each of Unicode's tag characters, and the second begins with `\udc`. */
const escapedTag = '\\udb40\\udc';
const imageAnchor = '![';

const verbsFrom = chatMarks.length;
const namesFrom = verbsFrom + overrideVerbs.length;
const weakFrom = namesFrom + promptNames.length;
const tagAt = weakFrom + weakPhrases.length;
const imageAt = tagAt + 1;

/** Two weak marks as near as this belong together. */
const pairBytes = 320;
const sentenceBytes = 80;
const revealBytes = 56;
const maxImageBytes = 240;
const minQueryBytes = 48;

const weakAutomaton = buildAnchorAutomaton([weakPhrases]);

/**
 * Marks of text that is written to steer a language model: orders to ignore what was said before, requests for the system prompt, tokens of chat
 * templates, images whose address carries data away, text in invisible characters. One strong mark is reported, weak ones only two at a time. These are
 * words, so talk about the subject is found too; it is a tag for those who want to look, and blocks nothing unless a policy says so.
 */
export const promptInjectionDetector: Detector = {
  id,
  category: 'prompt_injection',
  anchors: [...chatMarks, ...overrideVerbs, ...promptNames, ...weakPhrases, escapedTag, imageAnchor],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (hit.anchor < verbsFrom) add(findings, hit.start, hit.end, 'specific');
    else if (hit.anchor < namesFrom) detectOverride(text, hit, findings);
    else if (hit.anchor < weakFrom) detectReveal(text, hit, findings);
    else if (hit.anchor < tagAt) detectWeak(text, hit, findings);
    else if (hit.anchor === imageAt) detectImage(text, hit, findings);
    else detectEscapedTags(text, hit, findings);
  },
};

function add(findings: FindingSink, start: number, end: number, confidence: Confidence): void {
  findings.add(id, 'prompt_injection', start, end, confidence);
}

/** `ignore all previous instructions`: the verb, then within a sentence what was before and that it told what to do. */
function detectOverride(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (!isLeftEdge(bytes, text.start, hit.start)) return;
  const limit = Math.min(text.end, hit.end + sentenceBytes);
  let hasPrior = false;
  let hasWide = false;
  let at = hit.end;
  while (at < limit && bytes[at] !== 0x2e && bytes[at] !== 0x3b && bytes[at] !== 0x22) {
    if (!isLeftEdge(bytes, text.start, at)) {
      at += 1;
      continue;
    }
    // Another verb begins its own search.
    if (standsAny(bytes, at, limit, verbs)) break;
    hasPrior ||= standsAny(bytes, at, limit, priorWords);
    hasWide ||= standsAny(bytes, at, limit, wideWords);
    const isInstruction = standsAny(bytes, at, limit, instructionWords);
    if ((isInstruction && (hasPrior || hasWide)) || (hasPrior && standsAny(bytes, at, limit, ruleWords))) {
      add(findings, hit.start, endOfWord(bytes, at, text.end), 'probable');
      break;
    }
    at += 1;
  }
  text.spend((at - hit.end) * 4);
}

/** `print your system prompt`: the verb shortly before the name of what must stay hidden. */
function detectReveal(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.max(text.start, hit.start - revealBytes);
  if (!text.spend(revealBytes * 2)) return;
  for (let at = hit.start - 1; at >= limit; at -= 1) {
    if (bytes[at] === 0x2e || bytes[at] === 0x22) return;
    if (!isLeftEdge(bytes, text.start, at) || !standsAny(bytes, at, hit.start, revealWords)) continue;
    add(findings, at, hit.end, 'probable');
    return;
  }
}

/** Reports a weak mark and the next other one behind it. */
function detectWeak(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (!isLeftEdge(bytes, text.start, hit.start)) return;
  const { classes, next, firstOutput, outputs } = weakAutomaton;
  const limit = Math.min(text.end, hit.end + pairBytes);
  let state = 0;
  let at = hit.end;
  for (; at < limit; at += 1) {
    state = next[(state << 6) | classes[bytes[at]]];
    if (state < firstOutput) continue;
    const [owner] = outputs[state - firstOutput];
    // The same mark again searches on from there.
    if (owner.anchor === hit.anchor - weakFrom) break;
    add(findings, hit.start, hit.end, 'probable');
    add(findings, at + 1 - owner.length, at + 1, 'probable');
    break;
  }
  text.spend(at - hit.end);
}

/** `![x](https://host/?q=…)` whose query is long or holds a place to fill in. */
function detectImage(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, hit.end + maxImageBytes);
  let query = -1;
  let hasPlace = false;
  let isAddress = false;
  let at = hit.end;
  for (; at < limit; at += 1) {
    const byte = bytes[at];
    if (byte === 0x0a || byte === 0x21 || (byte === 0x29 && isAddress)) break;
    if (byte === 0x28 && bytes[at - 1] === 0x5d && holdsFolded(bytes, at + 1, limit, 'http')) isAddress = true;
    if (!isAddress) continue;
    if (byte === 0x3f && query < 0) query = at;
    if (query >= 0 && opensPlace(byte)) hasPlace = true;
  }
  if (!text.spend(at - hit.end) || query < 0) return;
  if (hasPlace || (at - query >= minQueryBytes && holdsTellingName(bytes, query, at))) add(findings, hit.start, Math.min(text.end, at + 1), 'probable');
}

/** A place to fill in: `{data}`, `<data>`, `[DATA]`. */
function opensPlace(byte: number): boolean {
  return byte === 0x7b || byte === 0x3c || byte === 0x5b;
}

/** Parameters in which text is carried away; signatures and sizes of pictures have other names. */
function holdsTellingName(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if ((byte === 0x3f || byte === 0x26) && standsAny(bytes, at + 1, end, tellingNames)) return true;
  }
  return false;
}

const tellingNames = literalTable(['data=', 'q=', 'd=', 'text=', 'msg=', 'message=', 'secret=', 'leak=', 'exfil=', 'history=', 'prompt=', 'content=', 'conversation=', 'payload=', 'p=', 'x=']);

const minTagCharacters = 8;
const escapedTagBytes = 12;

/** Eight and more tag characters in a row, written as escapes; flags of regions have seven at most. */
function detectEscapedTags(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (hit.start - escapedTagBytes >= text.start && holdsFolded(bytes, hit.start - escapedTagBytes, hit.start, escapedTag)) return;
  let end = hit.start;
  while (holdsFolded(bytes, end, text.end, escapedTag)) end += escapedTagBytes;
  if (text.spend(end - hit.start) && end - hit.start >= minTagCharacters * escapedTagBytes) add(findings, hit.start, Math.min(end, text.end), 'specific');
}

/**
 * Reports text in characters nobody sees: eight and more tag characters (U+E0000 to U+E007F), or zero-width characters (U+200B to U+200D, U+2060 to
 * U+2064, U+FEFF), in a row. To be called once per text, because no anchor can be made of bytes beyond ASCII.
 */
export function findHiddenText(text: ScanText, findings: FindingSink): void {
  const { bytes, end } = text;
  let at = text.start;
  while (at < end) {
    if (bytes[at] < 0xe2) {
      at += 1;
      continue;
    }
    const start = at;
    let count = 0;
    for (let size = hiddenSize(bytes, at, end); size > 0; size = hiddenSize(bytes, at, end)) {
      at += size;
      count += 1;
    }
    if (count >= minTagCharacters) add(findings, start, at, 'specific');
    if (count === 0) at += 1;
  }
}

/** Bytes of the invisible character at `at`, else 0. */
function hiddenSize(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 >= end) return 0;
  const first = bytes[at];
  const second = bytes[at + 1];
  const third = bytes[at + 2];
  if (first === 0xe2 && second === 0x80) return third >= 0x8b && third <= 0x8d ? 3 : 0;
  if (first === 0xe2 && second === 0x81) return third >= 0xa0 && third <= 0xa4 ? 3 : 0;
  if (first === 0xef) return second === 0xbb && third === 0xbf ? 3 : 0;
  return first === 0xf3 && second === 0xa0 && (third === 0x80 || third === 0x81) && at + 3 < end ? 4 : 0;
}

function endOfWord(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && (characterBits[bytes[next]] & alphanumericBit) !== 0) next += 1;
  return next;
}
