export { ensureGitleaks, pinnedGitleaksVersion, type EnsureGitleaksOptions } from './ensure-gitleaks.js';
export { ensureNats, pinnedNatsVersion, type EnsureNatsOptions, type NatsExecutable } from './ensure-nats.js';
export { ensureTool, ToolMissingError, type EnsureToolOptions } from './ensure-tool.js';
export { findOnPath } from './find-on-path.js';
export { spawnServer, type ServerProcess, type SpawnServerOptions } from './spawn-server.js';
export { startNats, type JetStreamOptions, type NatsServer, type StartNatsOptions } from './start-nats.js';
export { startPostgres, type PostgresServer, type PostgresSettings, type StartPostgresOptions } from './start-postgres.js';
export { startRedis, type RedisServer, type StartRedisOptions } from './start-redis.js';
