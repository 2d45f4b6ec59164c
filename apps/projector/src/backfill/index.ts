export { startBackfills } from './backfill-worker.js';
