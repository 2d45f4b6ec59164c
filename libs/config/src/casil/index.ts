export { casilConfigOf, casilSettings, type CasilSettings } from './casil-settings.js';
export { casilProblems, readDescriptorSets } from './casil-problems.js';
