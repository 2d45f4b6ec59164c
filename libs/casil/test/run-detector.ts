import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Category, Confidence, Detector } from '../src/detectors/detector.js';
import { ScanText } from '../src/scan/scan-text.js';
import { Scanner } from '../src/scan/scanner.js';
import { fillTemplate } from './fill-template.js';

export interface FoundText {
  readonly detector: string;
  readonly category: Category;
  readonly confidence: Confidence;
  readonly start: number;
  readonly end: number;
  /** What stands in the range, for the tests to compare. */
  readonly value: string;
}

export interface DetectorRun {
  readonly found: readonly FoundText[];
  readonly stepsTaken: number;
}

const utf8 = new TextEncoder();
const maxSteps = 1 << 30;

/** Runs one detector over one layer of text, through the engine's own scanner. */
export function runDetector(detector: Detector, content: string | Uint8Array): DetectorRun {
  const text = new ScanText();
  text.bytes = typeof content === 'string' ? utf8.encode(content) : content;
  text.end = text.bytes.length;
  text.stepsLeft = maxSteps;
  const found: FoundText[] = [];
  const decoder = new TextDecoder();
  new Scanner([detector]).scan(text, {
    add(id, category, start, end, confidence) {
      found.push({ detector: id, category, start, end, confidence, value: decoder.decode(text.bytes.subarray(start, end)) });
    },
  });
  return { found, stepsTaken: maxSteps - text.stepsLeft };
}

/** The values that one detector finds, in order of place, one of each range. */
export function valuesFound(detector: Detector, content: string): string[] {
  const sorted = [...runDetector(detector, content).found].sort((a, b) => a.start - b.start || b.end - a.end);
  return sorted.filter((one, index) => !sorted.slice(0, index).some((other) => other.start <= one.start && one.end <= other.end)).map(({ value }) => value);
}

export interface FixtureLine {
  readonly detector?: string;
  readonly text: string;
}

/** The templates of `fixtures/<folder>/<name>.jsonl`. */
export function readFixture(folder: string, name: 'hit' | 'clean'): readonly FixtureLine[] {
  const path = join(import.meta.dirname, '..', 'fixtures', folder, `${name}.jsonl`);
  return readFileSync(path, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as FixtureLine);
}

/** A filled template and the texts of its secrets. */
export function fill(template: string, seed = 7): { readonly text: string; readonly secrets: readonly string[] } {
  const { text, filled } = fillTemplate(template, seed);
  const bytes = utf8.encode(text);
  return { text, secrets: filled.map(({ start, end }) => new TextDecoder().decode(bytes.subarray(start, end))) };
}

/** `unit` again and again, 65,536 characters of it. */
export function repeatedTo64KiB(unit: string): string {
  return unit.repeat(Math.ceil(65_536 / unit.length)).slice(0, 65_536);
}
