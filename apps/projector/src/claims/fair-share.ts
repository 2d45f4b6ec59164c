/** How many partitions of a tenant an instance may hold, so that all are held when each takes its share. */
export function fairShare(partitionsCount: number, instancesCount: number): number {
  return Math.ceil(partitionsCount / Math.max(1, instancesCount));
}

/** Partitions to ask for, each once: those not held, from a place of the instance's own, so that several do not all ask for the same first. */
export function askingOrder(partitionsCount: number, held: ReadonlySet<number>, startAt: number): readonly number[] {
  return Array.from({ length: partitionsCount }, (_, index) => (startAt + index) % partitionsCount).filter((partition) => !held.has(partition));
}

/** Partitions to give back: as many as are above the share, the last ones first. */
export function surplus(held: readonly number[], share: number): readonly number[] {
  return [...held].sort((left, right) => left - right).slice(share);
}
