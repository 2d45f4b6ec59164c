export { openEmbeddedStore, type EmbeddedStoreOptions } from './open-embedded-store.js';
export type { SyncPolicy } from './settings.js';
