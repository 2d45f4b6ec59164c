import { transportContract } from './transport.contract.js';
import { startFallbackTransport } from './transport-fallback.js';

transportContract('the fallback', startFallbackTransport);
