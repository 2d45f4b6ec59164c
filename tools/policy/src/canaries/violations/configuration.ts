import { replace, write, type Violation } from '../violation.js';

const SHIELD = 'apps/shield/src/settings.ts';

/** Puts a setting before one that is there. */
function setting(text: string): readonly [string, string, string] {
  return [SHIELD, "  flag({ key: 'amnesia'", `  ${text}\n  flag({ key: 'amnesia'`];
}

export const configurationViolations: readonly Violation[] = [
  {
    name: 'listener-on-every-address',
    rule: 'configuration.insecure_default',
    did: 'Let the admin server listen on every address when nobody says anything.',
    edits: [replace(SHIELD, "text({ key: 'admin.host', default: '127.0.0.1'", "text({ key: 'admin.host', default: '0.0.0.0'")],
    says: 'admin.host',
  },
  {
    name: 'limit-without-end',
    rule: 'configuration.finite_limits',
    did: 'Added a limit that can be set to any number.',
    edits: [replace(...setting("integer({ key: 'limits.rooms_count', unit: 'count', min: 1, default: 100, doc: 'Rooms.' }),"))],
    says: 'rooms_count',
  },
  {
    name: 'default-loosened',
    rule: 'configuration.default_not_loosened',
    did: 'Let ten times as many connections of one address in.',
    edits: [replace(SHIELD, 'max: 100_000, default: 500', 'max: 100_000, default: 5_000')],
    says: 'connect_rate',
  },
  {
    name: 'setting-renamed',
    rule: 'configuration.setting_removed_or_renamed',
    did: 'Renamed a setting that operators have in their files.',
    edits: [replace(SHIELD, "key: 'limits.ban_ms'", "key: 'limits.penalty_ms'")],
    at: 'policies/data/settings_baseline.json',
    says: 'limits.ban_ms',
  },
  {
    name: 'setting-without-documentation',
    rule: 'configuration.setting_documented',
    did: 'Added a setting that no page names.',
    edits: [replace(...setting("integer({ key: 'limits.hidden_ms', unit: 'ms', min: 1, max: 100, default: 10, doc: 'Hidden.' }),"))],
    says: 'hidden_ms',
  },
  {
    name: 'number-without-unit',
    rule: 'configuration.setting_named_with_unit',
    did: 'Named a time without its unit.',
    edits: [replace(...setting("integer({ key: 'limits.patience', unit: 'ms', min: 1, max: 100, default: 10, doc: 'Patience.' }),"))],
    says: 'limits.patience',
  },
  {
    name: 'credential-as-text',
    rule: 'configuration.secret_settings_marked',
    did: 'Read a password as a setting that is printed.',
    edits: [replace(...setting("text({ key: 'store.password', doc: 'Password.' }),"))],
    says: 'store.password',
  },
  {
    name: 'certificates-not-checked',
    rule: 'configuration.connection_options_safe',
    did: 'Switched the check of certificates off.',
    edits: [write('apps/spine/src/dial-store.ts', ["import { connect } from 'node:tls';", "export const dialStore = (host: string): unknown => connect({ host, port: 5432, rejectUnauthorized: false });"])],
  },
  {
    name: 'choice-that-lets-through',
    rule: 'configuration.insecure_default',
    did: 'Let everything through by default when quotas cannot be read.',
    edits: [replace('apps/spine/src/settings.ts', "  flag({ key: 'rooms.auto_create',", "  choice({ key: 'quota.on_failure', values: ['allow', 'refuse'], default: 'allow', doc: 'What happens when quotas cannot be read.' }),\n  flag({ key: 'rooms.auto_create',")],
    says: 'quota.on_failure',
  },
];
