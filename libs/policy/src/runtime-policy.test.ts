import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PolicyBundleError } from './bundle.js';
import { loadCommitted, readCommandCases, readCommittedManifest, readConnectionCases, wasm, type ManifestText } from './policy.fixture.js';
import { committedBundleFolder, readRuntimeBundle } from './read-runtime-bundle.js';
import { decisionNames, loadRuntimePolicy, type DecisionName } from './runtime-policy.js';

const cases = { connection: readConnectionCases(), command: readCommandCases() };
const { data } = cases.connection;

/** Each object that differs from `value` by one key less, at any depth. */
function withoutEachKey(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const { [key]: _removed, ...rest } = value as Record<string, unknown>;
    return [rest, ...withoutEachKey(inner).map((changed) => ({ ...rest, [key]: changed }))];
  });
}

function changed(change: (manifest: ManifestText) => void): ManifestText {
  const manifest = readCommittedManifest();
  change(manifest);
  return manifest;
}

/** The committed module with other bytes, and a manifest that says that they are the right ones. */
function withBytes(bytes: Uint8Array): { wasm: Uint8Array; manifest: ManifestText; data: unknown } {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { wasm: bytes, manifest: changed((manifest) => void (manifest.wasm = { sha256, bytes: bytes.length })), data };
}

function replaceText(from: string, to: string): Uint8Array {
  const text = Buffer.from(wasm).toString('latin1');
  expect(text).toContain(from);
  expect(to).toHaveLength(from.length);
  return Buffer.from(text.replaceAll(from, to), 'latin1');
}

describe.each(decisionNames)('the decision %s', (name) => {
  const policy = loadCommitted();
  const { allow, deny } = cases[name];

  it('allows what its cases allow', () => {
    for (const input of allow) expect(policy.decide(name, input)).toEqual({ allow: true, reasons: [], policyVersion: policy.policyVersion });
  });

  it('denies what its cases deny, with reasons', () => {
    for (const input of deny) {
      const { allow: allowed, reasons } = policy.decide(name, input);
      expect({ input, allowed, isReasoned: reasons.length > 0 }).toEqual({ input, allowed: false, isReasoned: true });
    }
  });

  it('never becomes better when a field is missing', () => {
    for (const input of [...allow, ...deny]) {
      const before = new Set(policy.decide(name, input).reasons);
      for (const less of withoutEachKey(input)) {
        const { allow: allowed, reasons } = policy.decide(name, less);
        expect(allowed, JSON.stringify(less)).toBe(false);
        expect([...before].filter((reason) => !reasons.includes(reason)), JSON.stringify(less)).toEqual([]);
      }
    }
  });

  it('denies any other type in the place of a value', () => {
    const strange = [null, true, '', 'x', -1, 1.5, [], {}, [[]], { a: 1 }];
    const replacements = (value: unknown): unknown[] => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
      return Object.entries(value).flatMap(([key, inner]) => [
        ...strange.filter((other) => typeof other !== typeof inner || Array.isArray(other) !== Array.isArray(inner)).map((other) => ({ ...value, [key]: other })),
        ...replacements(inner).map((other) => ({ ...value, [key]: other })),
      ]);
    };
    for (const input of replacements(allow[0])) expect(policy.decide(name, input).allow, JSON.stringify(input)).toBe(false);
  });

  it('denies whatever is drawn at random', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (input) => {
      expect(policy.decide(name, input).allow).toBe(false);
      expect(policy.decide(name, { ...(allow[0] as object), token: input }).allow).toBe(false);
    }), { numRuns: 300 });
  });
});

describe('decide', () => {
  it('denies a decision that there is not', () => {
    for (const name of ['nothing', '__proto__', 'toString', '']) expect(loadCommitted().decide(name as DecisionName, {}).reasons).toEqual(['decision_unknown']);
  });

  it('denies an input above its bounds', () => {
    const [input] = cases.connection.allow;
    expect(loadCommitted().decide('connection', { ...input, padding: 'x'.repeat(20_000) }).reasons).toEqual(['input_too_large']);
  });

  it('denies where memory ends, and decides again afterwards', () => {
    const policy = loadCommitted({ initialMemoryBytes: 1_048_576, maximumMemoryBytes: 1_048_576, maxInputBytes: 4_194_304 });
    const [input] = cases.connection.allow;
    expect(policy.decide('connection', { ...input, padding: Array.from({ length: 400_000 }, (_, index) => index) }).reasons).toEqual(['policy_failed']);
    expect(policy.decide('connection', input).allow).toBe(true);
  });

  it('allows no connection without settings', () => {
    const policy = loadRuntimePolicy({ wasm, manifest: readCommittedManifest(), data: {} });
    for (const input of cases.connection.allow) expect(policy.decide('connection', input).allow).toBe(false);
  });

  it('judges by the settings as they were at loading', () => {
    const settings = structuredClone(data) as { runtime: { connection: { origins: string[] } } };
    const policy = loadRuntimePolicy({ wasm, manifest: readCommittedManifest(), data: settings });
    settings.runtime.connection.origins.push('https://evil.example');
    const [input] = cases.connection.allow;
    expect(policy.decide('connection', { ...input, origin: 'https://evil.example' }).allow).toBe(false);
  });
});

describe('loadRuntimePolicy', () => {
  it('reads the committed bundle from its folder', async () => {
    const policy = loadRuntimePolicy(await readRuntimeBundle(committedBundleFolder, data));
    expect(policy.policyVersion).toBe(readCommittedManifest().runtime.policyVersion);
    expect(policy.digest).toBe(readCommittedManifest().wasm.sha256);
  });

  const refused = (bundle: { wasm: Uint8Array; manifest: unknown; data: unknown }): string => {
    try {
      loadRuntimePolicy(bundle);
    } catch (error) {
      expect(error).toBeInstanceOf(PolicyBundleError);
      return (error as Error).message;
    }
    throw new Error('the bundle was loaded');
  };

  it('refuses a manifest that it cannot read', () => {
    for (const manifest of [undefined, null, 1, 'x', '{}', [], {}, { format: 1 }, { format: 1, wasm: {} }]) expect(refused({ wasm, manifest, data })).toContain('manifest');
    expect(refused({ wasm, manifest: changed((manifest) => void (manifest.format = 2)), data })).toContain('format');
    expect(refused({ wasm, manifest: changed((manifest) => void (manifest.runtime.policyVersion = '')), data })).toContain('policy version');
    expect(refused({ wasm, manifest: changed((manifest) => void (manifest.wasm = { sha256: '', bytes: Number.NaN })), data })).toContain('module');
    expect(refused({ wasm, manifest: { ...readCommittedManifest(), wasm: { sha256: 1, bytes: '2' } }, data })).toContain('module');
  });

  it('refuses another version of the contract', () => {
    expect(refused({ wasm, manifest: changed((manifest) => void (manifest.runtime.contract = 2)), data })).toContain('version 2 of the contract');
  });

  it('refuses altered bytes', () => {
    const altered = Uint8Array.from(wasm);
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    expect(refused({ wasm: altered, manifest: readCommittedManifest(), data })).toContain('not the one');
    expect(refused({ wasm: wasm.subarray(1), manifest: readCommittedManifest(), data })).toContain('not the one');
  });

  it('refuses a module above the bound, and bounds that are none', () => {
    expect(() => loadCommitted({ maxModuleBytes: 1_000 })).toThrow('more than 1000 bytes');
    for (const limits of [{ maxInputBytes: 0 }, { maximumMemoryBytes: Number.NaN }, { initialMemoryBytes: 2, maximumMemoryBytes: 1 }]) expect(() => loadCommitted(limits)).toThrow('limits');
  });

  it('refuses what is no module, and one with another interface', () => {
    expect(refused(withBytes(new Uint8Array(8)))).not.toBe('');
    expect(refused(withBytes(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])))).toContain('does not export');
    expect(refused(withBytes(replaceText('opa_builtin0', 'sys_builtin0')))).toContain('asks its host for env.sys_builtin0');
    expect(refused(withBytes(replaceText('opa_wasm_abi_minor_version', 'opa_wasm_abi_other_version')))).toContain('does not export opa_wasm_abi_minor_version');
    expect(refused(withBytes(replaceText('arqonbus/runtime/command/decision', 'arqonbus/runtime/command/decided!')))).toContain('no decision command');
  });

  it('refuses data that is no object', () => {
    for (const wrong of [undefined, null, [], 'x', 1, { a: 1n }]) expect(refused({ wasm, manifest: readCommittedManifest(), data: wrong })).toContain('data');
  });

  it('refuses a bundle whose canaries are missing or fail', () => {
    const { allow, deny } = cases.command;
    expect(refused({ wasm, manifest: changed(({ runtime }) => void delete runtime.canaries.command), data })).toContain('no canary of command');
    expect(refused({ wasm, manifest: changed(({ runtime }) => void (runtime.canaries.command = { data: {}, allow: [], deny: [] })), data })).toContain('canaries of command');
    expect(refused({ wasm, manifest: { ...readCommittedManifest(), runtime: { contract: 1, policyVersion: '1' } }, data })).toContain('no canaries');
    expect(refused({ wasm, manifest: changed(({ runtime }) => void (runtime.canaries.command = { data: {}, allow: [deny[1]], deny: [...deny] })), data })).toContain('denies what it must allow');
    expect(refused({ wasm, manifest: changed(({ runtime }) => void (runtime.canaries.command = { data: {}, allow: [...allow], deny: [allow[0]] })), data })).toContain('allows what it must deny');
    expect(refused({ wasm, manifest: changed(({ runtime }) => void (runtime.policyVersion = '9.9.9')), data })).toContain('policy_version_mismatch');
  });
});

describe('replace', () => {
  it('takes a bundle that passes its canaries', () => {
    const policy = loadRuntimePolicy({ wasm, manifest: readCommittedManifest(), data: {} });
    const [input] = cases.connection.allow;
    expect(policy.decide('connection', input).allow).toBe(false);
    expect(policy.replace({ wasm, manifest: readCommittedManifest(), data })).toEqual({ ok: true, policyVersion: policy.policyVersion });
    expect(policy.decide('connection', input).allow).toBe(true);
  });

  it('keeps the last good bundle when another one fails', () => {
    const policy = loadCommitted();
    const { digest } = policy;
    const outcome = policy.replace({ wasm, manifest: changed(({ runtime }) => void (runtime.contract = 2)), data });
    expect(outcome).toEqual({ ok: false, reason: expect.stringContaining('contract') as string });
    expect(policy.replace(withBytes(new Uint8Array(8))).ok).toBe(false);
    expect(policy.digest).toBe(digest);
    expect(policy.decide('connection', cases.connection.allow[0]).allow).toBe(true);
  });
});
