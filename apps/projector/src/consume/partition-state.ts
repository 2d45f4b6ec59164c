/**
 * - `idle`: nothing is due;
 * - `writing`: a batch is in the database;
 * - `splitting`: the database refused the batch, its parts are written one after the other;
 * - `resting`: the database did not answer as it should, the same is tried again after a while;
 * - `paused`: an operator paused the projection;
 * - `lost`: another instance may have the partition;
 * - `released`: given back.
 */
export type PartitionState = 'idle' | 'writing' | 'splitting' | 'resting' | 'paused' | 'lost' | 'released';

/** What changes the state (docs/state_machines/partition.md). */
export type PartitionEvent = 'filled' | 'written' | 'refused' | 'failed' | 'due' | 'paused' | 'resumed' | 'lost' | 'released';

/** Which event leads where; what is not here leaves the state as it is. */
export const partitionTransitions: Readonly<Record<PartitionState, Readonly<Partial<Record<PartitionEvent, PartitionState>>>>> = {
  idle: { filled: 'writing', paused: 'paused', lost: 'lost', released: 'released' },
  writing: { written: 'idle', refused: 'splitting', failed: 'resting', lost: 'lost' },
  splitting: { written: 'idle', failed: 'resting', lost: 'lost' },
  resting: { due: 'writing', paused: 'paused', lost: 'lost', released: 'released' },
  paused: { resumed: 'idle', lost: 'lost', released: 'released' },
  lost: {},
  released: {},
};
