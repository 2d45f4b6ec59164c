import type { SeededRandom } from '@arqonbus/testkit';

/** A kind of text that holds no secret, and how one is made. */
export type CleanKind = readonly [kind: string, make: (random: SeededRandom) => string];
