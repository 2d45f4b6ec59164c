export { coordinationLimits, openCoordinationStore, type CoordinationStore, type CoordinationStoreOptions } from './coordination.js';
export { openRedisStore, type OpenedRedisStore } from './open-redis-store.js';
export type { RedisStoreOptions, RedisTlsOptions } from './redis-options.js';
