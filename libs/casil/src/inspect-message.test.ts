import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyRedaction, redactForDisplay } from './apply-redaction.js';
import { defaultCasilConfig, type CasilConfig } from './casil-config.js';
import { classifyMessage } from './classify-message.js';
import { compileRuleset } from './compile-ruleset.js';
import { evaluatePolicy } from './evaluate-policy.js';
import { inspectMessage } from './inspect-message.js';
import { headerSetOf, type MessageToInspect } from './message.js';
import type { Ruleset } from './ruleset.js';
import { Scanner } from './scan/scanner.js';

const utf8 = new TextDecoder();

function messageOf(text: string, rest: Partial<MessageToInspect> = {}): MessageToInspect {
  return { type: 'application/json', payload: new TextEncoder().encode(text), room: 'plans', channel: 'main', ...rest };
}

function rulesetOf(config: Partial<CasilConfig> = {}): Ruleset {
  return compileRuleset({ enabled: true, ...config });
}

/** A token in GitHub's form, put together here so that none stands in the repository. */
function tokenOf(seed: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  let state = seed | 1;
  const body = Array.from({ length: 36 }, () => {
    state = Math.imul(state, 1_103_515_245) + 12_345;
    return alphabet[(state >>> 8) % alphabet.length];
  });
  return `ghp_${body.join('')}`;
}

const token = tokenOf(7);
const secretIn = messageOf(JSON.stringify({ key: token }));
const shared = rulesetOf();

describe('inspectMessage()', () => {
  it('blocks what holds a secret, names where and by what, and never says what (E3, E4, E13)', () => {
    const inspection = inspectMessage(secretIn, shared);
    expect(inspection).toMatchObject({
      decision: 'block', intended: 'block', kind: 'secret', riskLevel: 'high', flags: ['secret'], reasonCode: 'CASIL_POLICY_BLOCKED_SECRET', policy: 'default', hasFailed: false,
      findings: [{ detector: 'github-personal-token', part: 'payload', start: 8, end: 48 }],
    });
    expect(JSON.stringify(inspection)).not.toContain(token);
  });

  it('gives one decision, the same for the same input (E3)', () => {
    const text = fc.oneof(fc.string(), fc.json(), fc.integer().map((seed) => `x ${tokenOf(seed)} y`), fc.constantFrom('password=Tr0ub4dor&3xyz', 'token', '{"password":'));
    fc.assert(fc.property(text, fc.constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded', 'acme.v1.Plan', ''), (content, type) => {
      const first = inspectMessage(messageOf(content, { type }), shared);
      expect(['allow', 'allow_with_redaction', 'block']).toContain(first.decision);
      expect(inspectMessage(messageOf(content, { type }), shared)).toEqual(first);
    }));
  });

  it('never throws, whatever the bytes are (E8)', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), fc.constantFrom('application/json', 'x.y.Z', 'text/plain', 'application/xml'), (payload, type) => {
      expect(inspectMessage({ type, payload, room: 'r', channel: '' }, shared).hasFailed).toBe(false);
    }));
  });

  it('allows in monitor mode and says what enforce would do', () => {
    expect(inspectMessage(secretIn, rulesetOf({ mode: 'monitor' }))).toMatchObject({ decision: 'allow', intended: 'block', reasonCode: 'CASIL_MONITOR_MODE' });
  });

  it('finds secrets in the value that a header\'s name speaks for', () => {
    const headers = headerSetOf({ 'x-note': 'hello', 'x-api-key': `${token}` });
    expect(inspectMessage(messageOf('{}', { headers }), shared)).toMatchObject({ decision: 'block', findings: [{ part: 1 }] });
  });

  it('follows default_decision when the inspection itself fails (E6)', () => {
    const failing = Object.assign(new Scanner([]), { scan: () => { throw new Error('broken detector'); } });
    const seen: unknown[] = [];
    const broken = (config: Partial<CasilConfig>): Ruleset => ({ ...compileRuleset({ enabled: true, ...config }), scanner: failing, onFailure: (error) => { seen.push(error); } });
    expect(inspectMessage(secretIn, broken({}))).toMatchObject({ decision: 'block', reasonCode: 'CASIL_INTERNAL_BLOCK', hasFailed: true });
    expect(inspectMessage(secretIn, broken({ defaultDecision: 'allow' }))).toMatchObject({ decision: 'allow', reasonCode: 'CASIL_INTERNAL_ALLOW', hasFailed: true });
    expect(inspectMessage(secretIn, broken({ mode: 'monitor' }))).toMatchObject({ decision: 'allow', intended: 'block', hasFailed: true });
    expect(seen).toHaveLength(3);
  });
});

describe('sizes', () => {
  const sized = (bytes: number): MessageToInspect => messageOf('x y '.repeat(bytes).slice(0, bytes), { type: 'text/plain' });

  it.each([[65_535, 'allow'], [65_536, 'allow'], [65_537, 'block']] as const)('%i bytes: %s (E10)', (bytes, decision) => {
    expect(inspectMessage(sized(bytes), shared).decision).toBe(decision);
  });

  it('counts headers too', () => {
    const headers = headerSetOf({ note: 'x y '.repeat(8_192) });
    expect(inspectMessage({ ...sized(32_768), headers }, shared)).toMatchObject({ decision: 'block', reasonCode: 'CASIL_POLICY_OVERSIZE', flags: ['not_fully_inspected', 'oversize'] });
  });

  it('never calls the unseen part clean (E11)', () => {
    const inspectsPrefix = rulesetOf({ limits: { ...defaultCasilConfig.limits, oversize: 'inspect_prefix' } });
    expect(inspectMessage(sized(70_000), inspectsPrefix)).toMatchObject({ decision: 'allow', kind: 'oversize', flags: ['not_fully_inspected', 'oversize'] });
    const late = messageOf(`${'x y '.repeat(16_500)} ${token}`, { type: 'text/plain' });
    const early = messageOf(`${token} ${'x y '.repeat(16_500)}`, { type: 'text/plain' });
    expect(inspectMessage(late, inspectsPrefix).decision).toBe('allow');
    expect(inspectMessage(early, inspectsPrefix).decision).toBe('block');
  });

  it('treats a message that takes more work than the bound like one that is too large', () => {
    const many = messageOf(Array.from({ length: 1_200 }, (_, seed) => tokenOf(seed)).join(' '), { type: 'text/plain' });
    expect(inspectMessage(many, rulesetOf({ policies: [{ name: 'let', categories: ['secret'], action: 'allow' }] })))
      .toMatchObject({ decision: 'block', reasonCode: 'CASIL_POLICY_OVERSIZE', flags: ['not_fully_inspected', 'secret'] });
  });
});

describe('evaluatePolicy()', () => {
  const decide = (config: Partial<CasilConfig>, message = secretIn): ReturnType<typeof evaluatePolicy> => {
    const ruleset = rulesetOf(config);
    return evaluatePolicy(classifyMessage(message, ruleset), message, ruleset);
  };

  it('lets the first policy that holds decide', () => {
    const policies: CasilConfig['policies'] = [
      { name: 'elsewhere', rooms: ['other'], categories: ['secret'], action: 'block' },
      { name: 'redact-tokens', detectors: ['github-personal-token'], action: 'redact', flag: 'handled' },
      { name: 'late', categories: ['secret'], action: 'allow' },
    ];
    expect(decide({ policies })).toMatchObject({ decision: 'allow_with_redaction', policy: 'redact-tokens', flags: ['handled', 'secret'], reasonCode: '' });
  });

  it('takes the strictest of what its findings ask for', () => {
    const both = messageOf(JSON.stringify({ key: token, password: 'S3cure-pass-9' }));
    const policies: CasilConfig['policies'] = [{ name: 'redact-tokens', detectors: ['github-personal-token'], action: 'redact' }];
    expect(decide({ policies }, both)).toMatchObject({ decision: 'block', policy: 'default', reasonCode: 'CASIL_POLICY_BLOCKED_SECRET' });
  });

  it('asks policies about size and type of clean messages too', () => {
    const policies: CasilConfig['policies'] = [{ name: 'large', types: ['application/*'], minBytes: 10, action: 'allow', flag: 'large_message' }];
    expect(decide({ policies }, messageOf('{"text":"hello"}'))).toMatchObject({ decision: 'allow', policy: 'large', flags: ['large_message'] });
    expect(decide({ policies }, messageOf('{}'))).toMatchObject({ decision: 'allow', policy: '', flags: [] });
    expect(decide({ policies: [{ name: 'no', types: ['text/*'], action: 'block' }] }, messageOf('hello', { type: 'text/csv' })))
      .toMatchObject({ decision: 'block', policy: 'no', reasonCode: 'CASIL_POLICY_BLOCKED' });
  });

  it('redacts fields that are named, whatever they hold', () => {
    const message = messageOf('{"user":{"email":"a@b.example","id":7}}');
    const ruleset = rulesetOf({ redaction: { ...defaultCasilConfig.redaction, fields: ['user.email', '**.id'] } });
    const inspection = inspectMessage(message, ruleset);
    expect(inspection).toMatchObject({ decision: 'allow_with_redaction', policy: 'redaction.fields' });
    expect(JSON.parse(utf8.decode(applyRedaction(message, inspection, ruleset).payload))).toEqual({ user: { email: '[REDACTED:field]', id: '[REDACTED:field]' } });
  });

  it('redacts headers that are named', () => {
    const headers = headerSetOf({ Authorization: 'nothing special', other: 'stays' });
    const message = messageOf('{}', { headers });
    const ruleset = rulesetOf({ redaction: { ...defaultCasilConfig.redaction, fields: ['headers.authorization'] } });
    const redacted = applyRedaction(message, inspectMessage(message, ruleset), ruleset);
    expect([...redacted.headers].map(([index, value]) => [index, utf8.decode(value)])).toEqual([[0, '[REDACTED:field]']]);
  });

  it('finds configured patterns and treats them as they are configured', () => {
    const patterns: CasilConfig['patterns'] = [{ name: 'project-code', pattern: 'PRJ-\\d{4}', riskLevel: 'low' }];
    expect(decide({ patterns }, messageOf('about PRJ-1234'))).toMatchObject({ decision: 'block', kind: 'pattern', riskLevel: 'low', reasonCode: 'CASIL_POLICY_BLOCKED', findings: [{ detector: 'project-code' }] });
  });
});

describe('applyRedaction()', () => {
  it('leaves nothing that was found, and JSON that parses (E20)', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.integer().map(tokenOf), fc.string()), { maxLength: 6 }), fc.constantFrom('plain', 'nested', 'base64'), (values, form) => {
      const body = JSON.stringify({ values });
      const text = form === 'plain' ? body : JSON.stringify({ body: form === 'nested' ? body : Buffer.from(body).toString('base64') });
      const message = messageOf(text);
      const redacted = applyRedaction(message, inspectMessage(message, shared), shared);
      expect(redacted.isClean).toBe(true);
      expect(() => JSON.parse(utf8.decode(redacted.payload)) as unknown).not.toThrow();
      expect(inspectMessage({ ...message, payload: redacted.payload }, shared).findings).toEqual([]);
    }), { numRuns: 200 });
  });

  it('takes no marker for the name of what stands behind it in a list', () => {
    const message = messageOf(JSON.stringify({ values: [token, 'q!"0A!"x', '!!"0A#q2', '!!"A0#q3', '!!"0A#q4', '!!"0A#q5'] }));
    const { payload, isClean } = applyRedaction(message, inspectMessage(message, shared), shared);
    expect(isClean).toBe(true);
    expect(JSON.parse(utf8.decode(payload))).toMatchObject({ values: ['[REDACTED:github-personal-token]', 'q!"0A!"x', '!!"0A#q2', '!!"A0#q3', '!!"0A#q4', '!!"0A#q5'] });
  });
});

describe('redaction of plain text that is something else', () => {
  const redact = (text: string): string => {
    const message = messageOf(text, { type: 'text/plain' });
    const { payload, isClean } = applyRedaction(message, inspectMessage(message, shared), shared);
    expect(isClean).toBe(true);
    return utf8.decode(payload);
  };

  it('keeps JSON that parses', () => {
    expect(JSON.parse(redact(JSON.stringify({ a: token, b: [token, 1] })))).toEqual({ a: '[REDACTED:github-personal-token]', b: ['[REDACTED:github-personal-token]', 1] });
  });

  it('keeps the tags of XML', () => {
    expect(redact(`<a><b k="1">${token}</b><c><![CDATA[${token}]]></c></a>`)).toBe('<a><b k="1">[REDACTED:github-personal-token]</b><c><![CDATA[[REDACTED:github-personal-token]]]></c></a>');
  });

  it('still replaces what stands where markup has no value', () => {
    expect(redact(`<${token}> is what I use`)).not.toContain(token);
    expect(redact(`[2026-11-21] ${token}`)).toBe('[2026-11-21] [REDACTED:github-personal-token]');
  });
});

describe('redactForDisplay()', () => {
  const shown = (message: MessageToInspect, config: Partial<CasilConfig>): string => utf8.decode(redactForDisplay(message, rulesetOf(config)));

  it('shows no secret that a policy lets pass (E20)', () => {
    expect(shown(secretIn, { policies: [{ name: 'let', categories: ['secret'], action: 'allow' }] })).toBe('{"key":"[REDACTED:github-personal-token]"}');
  });

  it('shows nothing of what was not looked at', () => {
    const large = messageOf(`${token} ${'x y '.repeat(16_500)}${token}`, { type: 'text/plain' });
    const text = shown(large, { limits: { ...defaultCasilConfig.limits, oversize: 'allow' } });
    expect(text).toContain('[REDACTED:github-personal-token] x y');
    expect(text).not.toContain(token.slice(0, 20));
  });
});
