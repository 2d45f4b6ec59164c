export { projectorSettings } from './settings.js';
