import { describe, expect, it } from 'vitest';
import { shannonBitsPerByte } from '../context/entropy.js';
import { compilePattern } from '../pattern/compile-pattern.js';
import { fillTemplate } from '../../test/fill-template.js';
import { aiRules } from './ai.js';
import { commerceRules } from './commerce.js';
import { geoAndDataRules } from './geo-and-data.js';
import { identityRules } from './identity.js';
import { marketingRules } from './marketing.js';
import { messagingRules } from './messaging.js';
import { paymentRules } from './payments.js';
import { saasRules } from './saas.js';
import { socialRules } from './social.js';
import type { TokenRule } from './token-rule.js';

const rules: readonly TokenRule[] = [
  ...aiRules, ...paymentRules, ...messagingRules, ...saasRules, ...identityRules, ...marketingRules, ...socialRules, ...commerceRules, ...geoAndDataRules,
];

const seeds = Array.from({ length: 30 }, (_, index) => index + 1);

function samplesOf({ pattern }: TokenRule): readonly string[] {
  return seeds.map((seed) => fillTemplate(`<<${pattern}>>`, seed).text);
}

/** As the token detector reckons it: without the prefix, against the rule's own bound or the default. */
function hasEnoughEntropy(rule: TokenRule, sample: string): boolean {
  const bytes = new TextEncoder().encode(sample);
  const start = rule.kind === 'prefix' ? (rule.prefixes.find((prefix) => sample.startsWith(prefix)) ?? '').length : 0;
  const least = rule.minEntropyBits ?? (bytes.length - start >= 16 ? 3 : 2.5);
  return shannonBitsPerByte(bytes, start, bytes.length) >= least;
}

describe('rules for services', () => {
  it('has at least 100 rules over at least 75 providers, each under its own id', () => {
    expect(rules.length).toBeGreaterThanOrEqual(100);
    expect(new Set(rules.map(({ provider }) => provider)).size).toBeGreaterThanOrEqual(75);
    const ids = rules.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it.each(rules)('$id is well formed', (rule) => {
    expect(rule.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(rule.source.length).toBeGreaterThan(8);
    expect(rule.source).not.toMatch(/https?:/);
    const literals = rule.kind === 'prefix' ? rule.prefixes : rule.kind === 'context' ? rule.keywords : rule.infixes;
    expect(literals.length).toBeGreaterThan(0);
    const leastLength = rule.kind === 'prefix' ? 2 : 3;
    for (const literal of literals) {
      expect(literal.length).toBeGreaterThanOrEqual(leastLength);
      expect(literal.length).toBeLessThanOrEqual(32);
      if (rule.kind === 'context') expect(literal).toBe(literal.toLowerCase());
    }
  });

  it.each(rules)('$id has a pattern that the engine and RegExp read alike', (rule) => {
    const pattern = compilePattern(rule.pattern);
    const expression = new RegExp(`^(?:${rule.pattern})$`);
    for (const sample of samplesOf(rule)) {
      const bytes = new TextEncoder().encode(sample);
      expect(pattern.matchesWhole(bytes, 0, bytes.length), sample).toBe(true);
      expect(expression.test(sample), sample).toBe(true);
      expect(pattern.matchesWhole(bytes, 0, bytes.length - 1)).toBe(expression.test(sample.slice(0, -1)));
    }
  });

  it.each(rules)('$id has its literals where the rule says', (rule) => {
    for (const sample of samplesOf(rule)) {
      if (rule.kind === 'prefix') expect(rule.prefixes.some((prefix) => sample.startsWith(prefix)), sample).toBe(true);
      if (rule.kind !== 'infix') continue;
      const places = rule.infixes.map((infix) => sample.indexOf(infix)).filter((place) => place >= 0);
      expect(places.length, sample).toBeGreaterThan(0);
      expect(Math.min(...places), sample).toBeLessThanOrEqual(rule.maxBeforeBytes);
    }
  });

  it.each(rules)('$id asks for no more entropy than its tokens have', (rule) => {
    const tooLow = samplesOf(rule).filter((sample) => !hasEnoughEntropy(rule, sample));
    expect(tooLow).toEqual([]);
  });

  it('uses every prefix it names', () => {
    const unused = rules.flatMap((rule) => {
      if (rule.kind !== 'prefix' || rule.id === 'discord-bot-token') return [];
      const samples = Array.from({ length: 200 }, (_, seed) => fillTemplate(`<<${rule.pattern}>>`, seed).text);
      return rule.prefixes.filter((prefix) => !samples.some((sample) => sample.startsWith(prefix)));
    });
    expect(unused).toEqual([]);
  });
});
