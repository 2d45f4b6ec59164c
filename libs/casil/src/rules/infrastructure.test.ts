import { describe, expect, it } from 'vitest';
import { fillTemplate } from '../../test/fill-template.js';
import { shannonBitsPerByte } from '../context/entropy.js';
import { compilePattern } from '../pattern/compile-pattern.js';
import { allTokenRules } from './all-token-rules.js';
import { cloudRules } from './cloud.js';
import { continuousDeliveryRules } from './continuous-delivery.js';
import { dataPlatformsRules } from './data-platforms.js';
import { observabilityRules } from './observability.js';
import { packageRegistriesRules } from './package-registries.js';
import { secretsManagementRules } from './secrets-management.js';
import { sourceHostingRules } from './source-hosting.js';
import type { TokenRule } from './token-rule.js';

const rules: readonly TokenRule[] = [
  ...cloudRules, ...sourceHostingRules, ...continuousDeliveryRules, ...packageRegistriesRules, ...observabilityRules, ...dataPlatformsRules,
  ...secretsManagementRules,
];

const seeds = Array.from({ length: 24 }, (_, index) => 7 + index * 13);
const encoder = new TextEncoder();

function samplesOf({ pattern }: TokenRule): readonly string[] {
  return seeds.map((seed) => fillTemplate(`<<${pattern}>>`, seed).text);
}

function literalsOf(rule: TokenRule): readonly string[] {
  if (rule.kind === 'prefix') return rule.prefixes;
  return rule.kind === 'context' ? rule.keywords : rule.infixes;
}

/** Bits per character of what is not prefix, as the token detector reckons them. */
function entropyBits(rule: TokenRule, sample: string): number {
  const bytes = encoder.encode(sample);
  const prefix = rule.kind === 'prefix' ? (rule.prefixes.find((one) => sample.startsWith(one)) ?? '') : '';
  return shannonBitsPerByte(bytes, prefix.length, bytes.length);
}

describe('infrastructure rules', () => {
  it('number at least 100 over at least 65 providers', () => {
    expect(rules.length).toBeGreaterThanOrEqual(100);
    expect(new Set(rules.map(({ provider }) => provider)).size).toBeGreaterThanOrEqual(65);
  });

  it('have ids that no other rule has', () => {
    const ids = allTokenRules.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(rules.filter((rule) => !allTokenRules.includes(rule))).toEqual([]);
  });

  it.each(rules)('$id has an id, a source and literals in their form', (rule) => {
    expect(rule.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(rule.source).toMatch(/^.{12,120}$/);
    expect(rule.source).not.toContain('://');
    const literals = literalsOf(rule);
    expect(new Set(literals).size).toBe(literals.length);
    for (const literal of literals) {
      expect(literal).toMatch(rule.kind === 'prefix' ? /^[!-~]{2,32}$/ : /^[ -~]{3,32}$/);
      if (rule.kind === 'context') expect(literal).toBe(literal.toLowerCase());
    }
  });

  it.each(rules)('$id means the same to the engine and to RegExp', (rule) => {
    const pattern = compilePattern(rule.pattern);
    const expression = new RegExp(`^(?:${rule.pattern})$`);
    for (const sample of samplesOf(rule)) {
      for (const text of [sample, sample.slice(0, -1), `${sample}_`, `${sample.slice(0, 3)} ${sample.slice(4)}`]) {
        const bytes = encoder.encode(text);
        expect(pattern.matchesWhole(bytes, 0, bytes.length), text).toBe(expression.test(text));
      }
      expect(expression.test(sample), sample).toBe(true);
    }
  });

  it.each(rules)('$id finds its literals in each match', (rule) => {
    for (const sample of samplesOf(rule)) {
      if (rule.kind === 'prefix') expect(rule.prefixes.some((prefix) => sample.startsWith(prefix)), sample).toBe(true);
      if (rule.kind !== 'infix') continue;
      const places = rule.infixes.map((infix) => sample.indexOf(infix)).filter((at) => at >= 0 && at <= rule.maxBeforeBytes);
      expect(places, sample).not.toEqual([]);
    }
  });

  it.each(rules.filter(({ kind }) => kind === 'prefix'))('$id needs each of its prefixes', (rule) => {
    const candidates = Array.from({ length: 400 }, (_, seed) => fillTemplate(`<<${rule.pattern}>>`, seed).text);
    expect(literalsOf(rule).filter((prefix) => !candidates.some((one) => one.startsWith(prefix)))).toEqual([]);
  });

  it.each(rules)('$id asks for no more entropy than random tokens have', (rule) => {
    const least = (sample: string): number => rule.minEntropyBits ?? (sample.length >= 24 ? 3 : 2.5);
    expect(samplesOf(rule).filter((sample) => entropyBits(rule, sample) < least(sample))).toEqual([]);
  });
});
