export { openNatsStore, type NatsStore } from './open-nats-store.js';
export type { NatsCredentials, NatsStoreOptions, NatsTls } from './nats-store-options.js';
