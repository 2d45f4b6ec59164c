import { describe, it } from 'vitest';
import { findsNothingWrong, timeoutMs, type VerifyCase } from './verify-run.fixture.js';

const cases: readonly VerifyCase[] = [
  { store: 'redis', spines: 1, promised: ['FSYNC'] },
  { store: 'redis', spines: 2, promised: ['FSYNC'] },
  // STORE on a nats-server that cannot sync before each acknowledgement.
  { store: 'jetstream', spines: 1, promised: ['FSYNC', 'STORE'] },
  { store: 'jetstream', spines: 2, promised: ['FSYNC', 'STORE'] },
];

// In a file of its own, so that it runs beside the stores of one Spine.
describe('verify:delivery with a server as store', () => {
  it.each(cases)('finds nothing wrong with the $store store and $spines Spine(s)', findsNothingWrong, timeoutMs);
});
