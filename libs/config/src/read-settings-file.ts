import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar, type Document, type ParsedNode } from 'yaml';
import type { RawValue } from './setting-spec.js';
import type { SettingsProblem } from './settings-error.js';

/** A value of the file with its line, counted from 1. */
export interface FileEntry {
  readonly key: string;
  readonly line: number;
  /** Undefined for an empty value or one of a shape that no setting has. */
  readonly raw: RawValue | undefined;
}

/** Most bytes of a settings file. */
const fileBytesMax = 1_048_576;
/** Most flaws of the notation that are told: one broken bracket makes many. */
const flawCountMax = 10;

/**
 * Reads YAML 1.2 (and so JSON) into dotted keys; groups may nest or be dotted. Never raises: what is wrong becomes a problem
 * with its line. Refused are unreadable files, files above 1 MiB, keys given twice in whatever notation, and aliases,
 * tags and several documents, because a reader could not tell the value by looking at its line.
 */
export function readSettingsFile(file: string): { entries: readonly FileEntry[]; problems: readonly SettingsProblem[] } {
  const problems: SettingsProblem[] = [];
  const source = readText(file);
  if (!source.ok) return { entries: [], problems: [{ key: '--config', source: file, message: source.reason }] };
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false, merge: false });
  for (const flaw of [...document.errors, ...document.warnings].slice(0, flawCountMax)) {
    // The parser's message may quote the line, and with it a secret; its code does not.
    const message = `not well-formed: ${flaw.code.toLowerCase().replaceAll('_', ' ')}`;
    problems.push({ key: '--config', source: `${file}:${lines.linePos(flaw.pos[0]).line}`, message });
  }
  if (problems.length > 0) return { entries: [], problems };
  const entries: FileEntry[] = [];
  collect(document, { file, lines, entries, problems });
  return { entries, problems };
}

interface Collection {
  readonly file: string;
  readonly lines: LineCounter;
  readonly entries: FileEntry[];
  readonly problems: SettingsProblem[];
}

function collect(document: Document.Parsed, into: Collection): void {
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return;
  if (isMap(root)) collectMap(root, '', into);
  else into.problems.push({ key: '--config', source: `${into.file}:1`, message: 'the file is no map of keys to values' });
}

function collectMap(map: Extract<ParsedNode, { items: unknown }>, prefix: string, into: Collection): void {
  if (!isMap<ParsedNode, ParsedNode | null>(map)) return;
  for (const { key: keyNode, value } of map.items) {
    const line = into.lines.linePos(keyNode.range[0]).line;
    const name = isScalar(keyNode) && typeof keyNode.value === 'string' ? keyNode.value : undefined;
    const key = `${prefix}${name ?? '?'}`;
    if (name === undefined) addProblem(into, key, line, 'a key is a plain word');
    else if (isMap(value)) collectMap(value, `${key}.`, into);
    else addEntry(into, key, line, value);
  }
}

function addEntry(into: Collection, key: string, line: number, value: ParsedNode | null): void {
  const earlier = into.entries.find((entry) => entry.key === key);
  if (earlier !== undefined) addProblem(into, key, line, `given before on line ${earlier.line}`);
  else if (isAlias(value)) addProblem(into, key, line, 'aliases are not taken: write the value itself');
  else into.entries.push({ key, line, raw: rawValueOf(value) });
}

function addProblem(into: Collection, key: string, line: number, message: string): void {
  into.problems.push({ key, source: `${into.file}:${line}`, message });
}

/** The scalar as written: `010` stays text for the spec to judge, instead of becoming 10 here. */
function rawValueOf(value: ParsedNode | null): RawValue | undefined {
  if (isScalar(value)) return rawScalarOf(value);
  if (!isSeq(value)) return undefined;
  if (value.items.length > 0 && value.items.every((item) => isMap(item))) return { form: 'records', items: value.toJSON() };
  const items = value.items.map((item) => (isScalar(item) ? rawScalarOf(item)?.text : undefined));
  return items.every((item) => item !== undefined) ? { form: 'list', items } : undefined;
}

function rawScalarOf(value: Scalar): { form: 'quoted' | 'plain'; text: string } | undefined {
  if (value.value === null) return undefined;
  if (value.type === Scalar.PLAIN) return { form: 'plain', text: value.source ?? String(value.value) };
  return { form: 'quoted', text: String(value.value) };
}

function readText(file: string): { ok: true; text: string } | { ok: false; reason: string } {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const found = fstatSync(descriptor);
    if (!found.isFile()) return { ok: false, reason: 'is no regular file' };
    if (found.size > fileBytesMax) return { ok: false, reason: `is larger than ${fileBytesMax} bytes` };
    const bytes = Buffer.alloc(found.size);
    const readBytes = readSync(descriptor, bytes, 0, found.size, 0);
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, readBytes)) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failure';
    return { ok: false, reason: `cannot be read (${code})` };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
