import { defaultCasilConfig } from '@arqonbus/casil';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defineSettings, environmentNameOf } from '../define-settings.js';
import { loadSettings } from '../load-settings.js';
import { SettingsError, type SettingsProblem } from '../settings-error.js';
import { casilProblems, readDescriptorSets } from './casil-problems.js';
import { casilConfigOf, casilSettings, type CasilSettings } from './casil-settings.js';

const schema = defineSettings('spine', casilSettings, { check: casilProblems });

function load(environment: Readonly<Record<string, string>>, file?: string): CasilSettings {
  return loadSettings(schema, { environment, ...(file === undefined ? {} : { configFile: fileOf(file) }) });
}

function problemsOf(environment: Readonly<Record<string, string>>, file?: string): readonly SettingsProblem[] {
  try {
    load(environment, file);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'arqon-casil-'));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  const file = join(folder, 'spine.yaml');
  writeFileSync(file, text);
  return file;
}

describe('casilSettings', () => {
  it('has the keys of E9 and the others, each with its name in the environment', () => {
    expect(casilSettings.map(({ key }) => key)).toEqual([
      'casil.enabled', 'casil.mode', 'casil.default_decision', 'casil.scope.include', 'casil.scope.exclude', 'casil.limits.max_inspect_bytes',
      'casil.limits.max_policies', 'casil.limits.max_patterns', 'casil.limits.oversize', 'casil.detectors.secrets', 'casil.detectors.personal_data',
      'casil.detectors.prompt_injection', 'casil.detectors.entropy_bomb', 'casil.detectors.disabled', 'casil.policies', 'casil.patterns',
      'casil.redaction.fields', 'casil.redaction.targets', 'casil.persist_metadata_in_history', 'casil.expose_metadata_to_clients',
      'casil.never_log_payload_for', 'casil.log_payload_bytes', 'casil.events_room', 'casil.descriptor_sets',
    ]);
    expect(casilSettings.map((spec) => environmentNameOf(schema, spec))).toContain('ARQON_SPINE_CASIL_LIMITS_MAX_INSPECT_BYTES');
  });

  it('is off and blocks what cannot be inspected unless it is told otherwise (E18, X10)', () => {
    expect(casilConfigOf(load({}))).toEqual(defaultCasilConfig);
    expect(defaultCasilConfig).toMatchObject({ enabled: false, mode: 'enforce', defaultDecision: 'block', logPayloadBytes: 0, exposeMetadataToClients: false });
  });

  it('takes every setting from a file', () => {
    const config = casilConfigOf(load({}, `
casil:
  enabled: true
  mode: monitor
  default_decision: allow
  scope: { include: ['plans:*', '@agent-*'], exclude: [sys.casil] }
  limits: { max_inspect_bytes: 1024, max_policies: 2, max_patterns: 3, oversize: inspect_prefix }
  detectors: { secrets: false, personal_data: true, prompt_injection: true, entropy_bomb: false, disabled: [private-key] }
  policies:
    - { name: big, rooms: ['ai:*'], types: ['text/*'], min_bytes: 30000, action: allow, flag: large }
    - { name: tickets, detectors: [ticket], categories: [pattern], risk_levels: [low, high], action: redact }
  patterns:
    - { name: ticket, pattern: 'ACME-[0-9]{4}', category: personal_data, risk_level: low, ignore_case: true }
  redaction: { fields: ['user.email'], targets: [logs, history] }
  persist_metadata_in_history: true
  expose_metadata_to_clients: true
  never_log_payload_for: ['secure:*']
  log_payload_bytes: 64
  events_room: sys.inspection
`));
    expect(config).toEqual({
      enabled: true, mode: 'monitor', defaultDecision: 'allow', scope: { include: ['plans:*', '@agent-*'], exclude: ['sys.casil'] },
      limits: { maxInspectBytes: 1_024, maxPolicies: 2, maxPatterns: 3, oversize: 'inspect_prefix' },
      detectors: { secrets: false, personalData: true, promptInjection: true, entropyBomb: false, disabled: ['private-key'] },
      policies: [
        { name: 'big', rooms: ['ai:*'], types: ['text/*'], minBytes: 30_000, action: 'allow', flag: 'large' },
        { name: 'tickets', detectors: ['ticket'], categories: ['pattern'], riskLevels: ['low', 'high'], action: 'redact' },
      ],
      patterns: [{ name: 'ticket', pattern: 'ACME-[0-9]{4}', category: 'personal_data', riskLevel: 'low', ignoreCase: true }],
      redaction: { fields: ['user.email'], targets: ['history', 'logs'] },
      persistMetadataInHistory: true, exposeMetadataToClients: true, neverLogPayloadFor: ['secure:*'], logPayloadBytes: 64, eventsRoom: 'sys.inspection',
    });
  });

  it('takes every setting from the environment, records as JSON', () => {
    const config = casilConfigOf(load({
      ARQON_SPINE_CASIL_ENABLED: 'true', ARQON_SPINE_CASIL_SCOPE_INCLUDE: 'plans, @*', ARQON_SPINE_CASIL_LIMITS_OVERSIZE: 'allow',
      ARQON_SPINE_CASIL_POLICIES: '[{"name":"p","action":"block","min_bytes":0}]', ARQON_SPINE_CASIL_REDACTION_TARGETS: '',
    }));
    expect(config).toMatchObject({
      enabled: true, scope: { include: ['plans', '@*'] }, limits: { oversize: 'allow' }, policies: [{ name: 'p', action: 'block', minBytes: 0 }], redaction: { targets: [] },
    });
  });

  it.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
    ['bytes above the ceiling', { LIMITS_MAX_INSPECT_BYTES: '65537' }, 'casil.limits.max_inspect_bytes', /1024 to 65536/],
    ['more patterns than can be', { LIMITS_MAX_PATTERNS: '257' }, 'casil.limits.max_patterns', /1 to 256/],
    ['a policy without an action', { POLICIES: '[{"name":"a"}]' }, 'casil.policies', /record 1: action is missing/],
    ['several wrong records at once', { POLICIES: '[{"name":"a","action":"drop"},{"name":"b","action":"allow","room":"x"}]' }, 'casil.policies', /record 1: action is one of.*record 2: room is unknown/],
    ['a category that is none', { PATTERNS: '[{"name":"a","pattern":"abc","category":"bad"}]' }, 'casil.patterns', /record 1: category is one of secret/],
    ['a pattern that does not compile, by its name', { PATTERNS: '[{"name":"ok","pattern":"abc"},{"name":"worse","pattern":"(a"}]' }, 'casil.patterns', /record 2: .*worse/],
    ['more records than the limit', { LIMITS_MAX_POLICIES: '1', POLICIES: '[{"name":"a","action":"allow"},{"name":"b","action":"allow"}]' }, 'casil.policies', /2 policies are more than/],
    ['a name given twice', { POLICIES: '[{"name":"a","action":"allow"},{"name":"a","action":"allow"}]' }, 'casil.policies', /record 2: .*twice/],
    ['a glob that is none', { SCOPE_EXCLUDE: 'a:b:c' }, 'casil.scope.exclude', /"a:b:c"/],
    ['a detector that does not exist', { DETECTORS_DISABLED: 'nothing-like-it' }, 'casil.detectors.disabled', /nothing-like-it/],
    ['a redaction target that is none', { REDACTION_TARGETS: 'disk' }, 'casil.redaction.targets', /transport/],
    ['a room that is not reserved', { EVENTS_ROOM: 'events' }, 'casil.events_room', /sys/],
    ['a descriptor set that is not there', { DESCRIPTOR_SETS: '/nowhere/set.binpb' }, 'casil.descriptor_sets', /cannot be read \(ENOENT\)/],
  ])('refuses %s', (_what, settings, key, message) => {
    const environment = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`ARQON_SPINE_CASIL_${name}`, value]));
    expect(problemsOf(environment)).toEqual([{ key, source: `ARQON_SPINE_${key.toUpperCase().replaceAll('.', '_')}`, message: expect.stringMatching(message) as string }]);
  });

  it('lists faults of single settings and of all together at once, with their lines (A20)', () => {
    const problems = problemsOf({}, "casil:\n  mode: loud\n  scope: { include: ['UPPER'] }\n  patterns:\n    - { name: worse, pattern: '(a' }\n");
    expect(problems.map(({ key, source }) => `${key} ${source.replace(/^.*:/, '')}`)).toEqual(['casil.mode 2', 'casil.patterns 4', 'casil.scope.include 3']);
  });

  it('reads descriptor sets relative to the file, and refuses what is none', () => {
    const file = fileOf('casil: { descriptor_sets: [a.binpb] }');
    // FileDescriptorSet { file { name: "a.proto" message_type { name: "A" } syntax: "proto3" } }
    const descriptorSet = Buffer.from('\n\x16\n\x07a.proto"\x03\n\x01Ab\x06proto3');
    writeFileSync(join(file, '..', 'a.binpb'), descriptorSet);
    expect(readDescriptorSets(loadSettings(schema, { environment: {}, configFile: file }))).toEqual([descriptorSet]);
    writeFileSync(join(file, '..', 'a.binpb'), Uint8Array.of(0xff));
    expect(() => loadSettings(schema, { environment: {}, configFile: file })).toThrow(/casil\.descriptor_sets/);
  });
});

describe('loadSettings()', () => {
  it('passes over keys of another reader when it is told the prefix of its own', () => {
    const configFile = fileOf('service.port: 1\ncasil.enabled: true\n');
    expect(loadSettings(schema, { environment: {}, configFile, keyPrefix: 'casil.' })['casil.enabled']).toBe(true);
    expect(() => loadSettings(schema, { environment: {}, configFile })).toThrow(/service\.port/);
  });
});
