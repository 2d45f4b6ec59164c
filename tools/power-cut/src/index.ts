export type { FileCall } from './file-call.js';
export { parseTrace } from './parse-trace.js';
export { rebuildDisk, type CutOptions, type Disk } from './rebuild-disk.js';
export { findRecorder, recordTrace, type RecordedProgram, type RecordOptions } from './record-trace.js';
export { writeDisk } from './write-disk.js';
