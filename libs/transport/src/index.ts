export { startTransport } from './start-transport.js';
export type { StartedTransport, StartTransportChoice } from './start-transport.js';
export type {
  SendOutcome,
  StartTransport,
  TransportHandlers,
  TransportKind,
  TransportOptions,
  TransportServer,
  TransportSocket,
  TransportTls,
  UpgradeDecision,
  UpgradeRequest,
} from './transport.js';
