export { defineSettings, environmentNameOf, type SettingsFault, type SettingsFor, type SettingsOf, type SettingsRules, type SettingsSchema } from './define-settings.js';
export { choice, flag, integer, list, path, records, secret, text, type IntegerBounds, type SettingOptions, type SettingUnit } from './setting-kinds.js';
export { loadSettings, type LoadSettingsOptions } from './load-settings.js';
export { SettingsError, type SettingsProblem } from './settings-error.js';
export { describeSettings, type SettingSummary } from './settings-origin.js';
export { renderSettingsDoc } from './render-settings-doc.js';
export type { AnySettingSpec, RawPlace, RawValue, Reading, SettingSpec, SettingValue } from './setting-spec.js';
