export { exitCodes, type ExitName, type ExitRow } from './exit-codes.js';
export type { DevInfo } from './data-dir/dev-file.js';
