import { defaultCasilConfig, type CasilConfig } from '@arqonbus/casil';
import { resolve } from 'node:path';
import type { SettingsOf } from '../define-settings.js';
import { choice, flag, integer, list, records, text } from '../setting-kinds.js';
import type { SettingSpec } from '../setting-spec.js';
import { parsePatterns, parsePolicies, patternsAllowed, policiesAllowed } from './casil-records.js';

const preset = defaultCasilConfig;
const targets = ['transport', 'history', 'logs', 'telemetry'] as const;

/**
 * The settings of CASIL (E9), to spread into the schema of an app beside `check: casilProblems`. They hold from start to end of the process: a
 * reload that touches one is refused (E17).
 */
export const casilSettings = [
  flag({ key: 'casil.enabled', default: preset.enabled, doc: 'Whether messages are inspected. All casil settings hold until the process ends.' }),
  choice({ key: 'casil.mode', values: ['enforce', 'monitor'], default: preset.mode, doc: 'Whether a decision takes effect, or is only reported.' }),
  choice({
    key: 'casil.default_decision', values: ['block', 'allow'], default: preset.defaultDecision,
    doc: 'What becomes of a message whose inspection fails. In production set it explicitly, so that the choice between losing messages and letting them pass unseen is somebody\'s.',
  }),
  list({ key: 'casil.scope.include', default: preset.scope.include, doc: 'Topics that are inspected: globs room, room:channel or @client, * for any run of characters but a colon, reserved rooms included. Empty: all.' }),
  list({ key: 'casil.scope.exclude', default: preset.scope.exclude, doc: 'Topics that are not inspected; wins over casil.scope.include.' }),
  integer({ key: 'casil.limits.max_inspect_bytes', unit: 'bytes', min: 1_024, cap: 65_536, default: preset.limits.maxInspectBytes, doc: 'Bytes of a message that are inspected; a larger message is oversize.' }),
  integer({ key: 'casil.limits.max_policies', unit: 'none', min: 1, cap: 256, default: preset.limits.maxPolicies, doc: 'Most records in casil.policies.' }),
  integer({ key: 'casil.limits.max_patterns', unit: 'none', min: 1, cap: 256, default: preset.limits.maxPatterns, doc: 'Most records in casil.patterns.' }),
  choice({
    key: 'casil.limits.oversize', values: ['block', 'allow', 'inspect_prefix'], default: preset.limits.oversize,
    doc: 'What becomes of an oversize message: blocked, passed without a look, or judged by its beginning and flagged not_fully_inspected.',
  }),
  flag({ key: 'casil.detectors.secrets', default: preset.detectors.secrets, doc: 'Looks for tokens, passwords and keys.' }),
  flag({ key: 'casil.detectors.personal_data', default: preset.detectors.personalData, doc: 'Looks for e-mail addresses, phone, card, account and social security numbers, IP addresses.' }),
  flag({ key: 'casil.detectors.prompt_injection', default: preset.detectors.promptInjection, doc: 'Marks texts that try to instruct a language model; never blocks by itself.' }),
  flag({ key: 'casil.detectors.entropy_bomb', default: preset.detectors.entropyBomb, doc: 'Marks payloads that expand without bound.' }),
  list({ key: 'casil.detectors.disabled', default: preset.detectors.disabled, maxCount: 1_024, doc: 'Ids of detectors and rules that are off.' }),
  records({
    key: 'casil.policies', default: [], allowed: policiesAllowed, parse: parsePolicies,
    doc: 'What is done when; for each finding the first record that holds decides. After them: a secret or key blocks, personal data is redacted, prompt injection and entropy bombs pass with a flag, an own pattern blocks.',
  }),
  records({
    key: 'casil.patterns', default: [], allowed: patternsAllowed, parse: parsePatterns,
    doc: 'Own content to look for, in the pattern notation of docs/casil.md; one that could need more than linear time is refused.',
  }),
  list({ key: 'casil.redaction.fields', default: preset.redaction.fields, doc: 'Fields whose values are always redacted, in JSON and Protobuf: user.email, items.*.card, * for any name, ** for any depth.' }),
  list({ key: 'casil.redaction.targets', default: preset.redaction.targets, pattern: /^(transport|history|logs|telemetry)$/, doc: 'Where redaction takes effect: transport, history, logs, telemetry.' }),
  flag({ key: 'casil.persist_metadata_in_history', default: preset.persistMetadataInHistory, doc: 'Whether the result of the inspection is kept with the event.' }),
  flag({ key: 'casil.expose_metadata_to_clients', default: preset.exposeMetadataToClients, doc: 'Whether clients get it.' }),
  list({ key: 'casil.never_log_payload_for', default: preset.neverLogPayloadFor, doc: 'Topics of which no log line ever shows a byte; globs as in casil.scope.include.' }),
  integer({ key: 'casil.log_payload_bytes', unit: 'bytes', min: 0, max: 4_096, default: preset.logPayloadBytes, doc: 'Bytes of the payload that the log line of a decision may show, redacted.' }),
  text({ key: 'casil.events_room', default: preset.eventsRoom, pattern: /^sys\.[a-z0-9][a-z0-9._-]{0,62}$/, doc: 'Reserved room on which operators hear of decisions.' }),
  pathList({ key: 'casil.descriptor_sets', default: [], doc: 'Binary FileDescriptorSets: Protobuf messages of their types are inspected by field.' }),
] as const;

/** Values of `casilSettings` by key. */
export type CasilSettings = SettingsOf<typeof casilSettings>;

/** The settings as CASIL takes them. */
export function casilConfigOf(settings: CasilSettings): CasilConfig {
  return {
    enabled: settings['casil.enabled'],
    mode: settings['casil.mode'],
    defaultDecision: settings['casil.default_decision'],
    scope: { include: settings['casil.scope.include'], exclude: settings['casil.scope.exclude'] },
    limits: {
      maxInspectBytes: settings['casil.limits.max_inspect_bytes'], maxPolicies: settings['casil.limits.max_policies'],
      maxPatterns: settings['casil.limits.max_patterns'], oversize: settings['casil.limits.oversize'],
    },
    detectors: {
      secrets: settings['casil.detectors.secrets'], personalData: settings['casil.detectors.personal_data'],
      promptInjection: settings['casil.detectors.prompt_injection'], entropyBomb: settings['casil.detectors.entropy_bomb'],
      disabled: settings['casil.detectors.disabled'],
    },
    policies: settings['casil.policies'],
    patterns: settings['casil.patterns'],
    redaction: { fields: settings['casil.redaction.fields'], targets: targets.filter((target) => settings['casil.redaction.targets'].includes(target)) },
    persistMetadataInHistory: settings['casil.persist_metadata_in_history'],
    exposeMetadataToClients: settings['casil.expose_metadata_to_clients'],
    neverLogPayloadFor: settings['casil.never_log_payload_for'],
    logPayloadBytes: settings['casil.log_payload_bytes'],
    eventsRoom: settings['casil.events_room'],
  };
}

/** Paths, each made absolute as the kind `path` does it. */
function pathList<const K extends string>(options: { readonly key: K; readonly default: readonly string[]; readonly doc: string }): SettingSpec<K, readonly string[], never> {
  const { read, ...spec } = list({ ...options, maxCount: 64 });
  return {
    ...spec,
    type: 'paths',
    allowed: 'up to 64 paths of files',
    read: (raw, place) => {
      const reading = read(raw, place);
      return reading.ok ? { ok: true, value: Object.freeze(reading.value.map((path) => resolve(place.baseFolder, path))) } : reading;
    },
  };
}
