import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument, readDocuments, readSection } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';

const documents = readDocuments();

/** Wording that would describe the protocol in a notation for people. */
const wrongWording = /\bJSON[- ](?:wire|envelope|frame|message|protocol|encod)\w*|\b(?:wire|envelope|frame)s?\b[^.|\n]{0,30}\b(?:in|as) JSON\b/i;

/** Wording that would describe content inspection as an agent or a model. */
const aiWording = /\bAI[- ](?:powered|driven|based)\b|\b(?:CASIL|content inspection)\b (?:is|as) an? (?:AI|agent|intelligent)|\b(?:CASIL|content inspection)\b[^.|\n]{0,40}\b(?:learned|understands|machine learning)\b/i;

/** The text with what is no prose of ours left out: blocks and spans of code. */
function proseOf(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`]*`/g, '');
}

describe('wording', () => {
  it.each(documents)('of $path describes no JSON on the wire (B34)', ({ text }) => {
    expect(wrongWording.exec(proseOf(text))?.[0]).toBeUndefined();
  });

  it('finds such wording (B34)', () => {
    for (const text of ['the JSON envelope', 'a JSON-encoded frame', 'an envelope travels as JSON']) expect(wrongWording.test(text), text).toBe(true);
    expect(wrongWording.test('JSON is no format of this protocol')).toBe(false);
  });

  it.each(documents)('of $path calls content inspection no layer of AI (E16)', ({ text }) => {
    expect(aiWording.exec(proseOf(text))?.[0]).toBeUndefined();
  });

  it('finds such wording too (E16)', () => {
    for (const text of ['CASIL is an AI safety layer', 'the AI-powered CASIL', 'content inspection uses a model that learned']) expect(aiWording.test(text), text).toBe(true);
    expect(aiWording.test('CASIL is no AI layer')).toBe(false);
  });

  it.each(documents)('of $path promises no work by a marker', ({ text }) => {
    expect(text).not.toMatch(new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|TBD)\\b`));
  });
});

describe('docs/architecture.md', () => {
  const text = readDocument('docs/architecture.md').text;
  const headings = [
    'Parts', 'Layers', 'Connection lifecycle', 'Message flow', 'Content inspection', 'History and persistence', 'Ordering', 'Concurrency', 'Telemetry',
    'Failing', 'Scaling out', 'Extension points',
  ];

  it.each(headings)('has the heading %s, with text under it (P3)', (heading) => {
    expect(readSection(text, `## ${heading}`).trim().length).toBeGreaterThan(100);
  });

  it('names files that exist on the way of a message (P3)', () => {
    const files = [...text.matchAll(/`((?:apps|libs|proto|tools)\/[\w./-]+\.(?:ts|proto|mjs))`/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !existsSync(join(REPOSITORY_ROOT, file)))).toEqual([]);
  });
});

describe('docs/glossary.md', () => {
  it('explains each word once, in alphabetical order (P18)', () => {
    const words = readDocument('docs/glossary.md').text.split('\n').flatMap((line) => /^\| ([\w ]+) \|/.exec(line)?.[1] ?? []).slice(1);
    expect(words).toEqual([...new Set(words)].sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase())));
  });
});
