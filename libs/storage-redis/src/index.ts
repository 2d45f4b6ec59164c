export { openRedisStore, type OpenedRedisStore } from './open-redis-store.js';
export type { RedisStoreOptions, RedisTlsOptions } from './redis-options.js';
