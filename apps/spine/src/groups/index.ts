export { defaultGroupOptions, runLeaseMs, type GroupOptions } from './group-options.js';
export type { DeadLetter, DeadLetterSink, GroupSource, TaskReceiver } from './group-source.js';
export { Groups, type TaskAnswer } from './groups.js';
export { LiveGroupSource } from './live-group-source.js';
