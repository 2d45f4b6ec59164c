export { SettingsReload, type SettingsReloadParts } from './settings-reload.js';
