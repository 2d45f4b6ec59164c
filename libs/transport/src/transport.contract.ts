import { backpressureContract } from './backpressure.contract.js';
import { deliveryContract } from './delivery.contract.js';
import { lifecycleContract } from './lifecycle.contract.js';
import { tlsContract } from './tls.contract.js';
import { upgradeContract } from './upgrade.contract.js';
import type { StartTransport } from './transport.js';

/** What every adapter of the transport port must do, over real sockets; call it at the top of a test file. */
export function transportContract(name: string, start: StartTransport): void {
  upgradeContract(name, start);
  deliveryContract(name, start);
  backpressureContract(name, start);
  lifecycleContract(name, start);
  tlsContract(name, start);
}
