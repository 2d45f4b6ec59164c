import { describe } from 'vitest';
import { backfillsContract } from './backfills.contract.js';
import { claimsContract } from './claims.contract.js';
import { deadLettersContract } from './dead-letters.contract.js';
import type { EpisodeStoreContractOptions, MakeEpisodeStore } from './episode-store-under-test.contract.js';
import { failuresContract } from './failures.contract.js';
import { projectionModelContract } from './projection-model.contract.js';
import { projectionContract } from './projection.contract.js';
import { tenantsContract } from './tenants.contract.js';

export type { EpisodeStoreAbility, EpisodeStoreContractOptions, EpisodeStoreUnderTest, MakeEpisodeStore } from './episode-store-under-test.contract.js';
export { change, newEventId, newKey, newTenantId, ProjectedPartition } from './episode-store-under-test.contract.js';
export { modelRows } from './projection-model.contract.js';

/** The contract of EpisodeStore; every adapter runs it unchanged (I2–I6, I8, I16). */
export function episodeStoreContract(name: string, make: MakeEpisodeStore, options: EpisodeStoreContractOptions = {}): void {
  describe(`EpisodeStore of ${name}`, () => {
    projectionContract(make, options);
    projectionModelContract(make, options);
    claimsContract(make, options);
    failuresContract(make, options);
    deadLettersContract(make, options);
    backfillsContract(make, options);
    tenantsContract(make, options);
  });
}
