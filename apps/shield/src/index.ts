export { shieldSettings, type ShieldSettings } from './settings.js';
export { startShield } from './compose.js';
export type { RunningShield } from './running-shield.js';
