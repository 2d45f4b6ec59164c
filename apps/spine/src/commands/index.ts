export { Commands, type CommandCounters } from './run-commands.js';
export type { CommandContext } from './command.js';
