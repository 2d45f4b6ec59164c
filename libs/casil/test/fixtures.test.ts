import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classifyMessage } from '../src/classify-message.js';
import { compileRuleset } from '../src/compile-ruleset.js';
import type { Finding } from '../src/scan/finding.js';
import { fillTemplate } from './fill-template.js';

/** Secrets are made anew with each seed; more with CASIL_FIXTURE_SEEDS. */
const seeds = Array.from({ length: Number(process.env['CASIL_FIXTURE_SEEDS'] ?? 2) }, (_, index) => index + 1);
const folder = join(import.meta.dirname, '../fixtures');
const personalData = new Set(['email-address', 'phone-number', 'iban', 'payment-card', 'us-ssn', 'ip-address']);

const secretsAlone = compileRuleset({ enabled: true });
const everything = compileRuleset({ enabled: true, detectors: { secrets: true, personalData: true, promptInjection: true, entropyBomb: true, disabled: [] } });

interface Line {
  readonly detector?: string;
  readonly text: string;
}

function readLines(path: string): readonly Line[] {
  return readFileSync(path, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}

function filesOf(name: string, kind: 'hit' | 'clean'): readonly string[] {
  return readdirSync(join(folder, name)).filter((file) => file.startsWith(`${kind}.`)).map((file) => join(folder, name, file));
}

function findingsIn(text: string, name: string): readonly Finding[] {
  const ruleset = personalData.has(name) || name === 'prompt-injection' ? everything : secretsAlone;
  return classifyMessage({ type: '', payload: new TextEncoder().encode(text), room: 'fixtures', channel: '' }, ruleset).allFindings;
}

/** What is wrong with a line that must be found: each filled range by some detector, one of them by the one that it names. */
function faultOfHit({ detector, text: template }: Line, name: string, seed: number): string | undefined {
  const { text, filled } = fillTemplate(template, seed);
  const findings = findingsIn(text, name);
  const missed = filled.filter((range) => !findings.some(({ start, end }) => start < range.end && range.start < end));
  if (missed.length > 0) return `seed ${String(seed)}, not found: ${template}`;
  return findings.some((finding) => finding.detector === detector) ? undefined : `seed ${String(seed)}, not by ${String(detector)} but ${findings.map((one) => one.detector).join(' ')}: ${template}`;
}

/** Clean of its own detector; the files of tokens and of secrets in general are clean of everything. */
function faultOfClean({ text: template }: Line, name: string, seed: number): string | undefined {
  const findings = findingsIn(fillTemplate(template, seed).text, name).filter(({ detector }) => !isOther(detector, name));
  return findings.length === 0 ? undefined : `seed ${String(seed)}, ${findings.map(({ detector }) => detector).join(' ')}: ${template}`;
}

function isOther(detector: string, name: string): boolean {
  return (personalData.has(name) || name === 'prompt-injection') && detector !== name;
}

describe.each(readdirSync(folder))('fixtures of %s', (name) => {
  it('are found where they stand', { timeout: 60_000 }, () => {
    const lines = filesOf(name, 'hit').flatMap(readLines);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.flatMap((line) => seeds.flatMap((seed) => faultOfHit(line, name, seed) ?? []))).toEqual([]);
  });

  it('are left alone where they are clean', { timeout: 60_000 }, () => {
    const lines = filesOf(name, 'clean').flatMap(readLines);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.flatMap((line) => seeds.flatMap((seed) => faultOfClean(line, name, seed) ?? []))).toEqual([]);
  });
});
