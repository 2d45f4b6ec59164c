import { continuumTopics } from '@arqonbus/continuum';
import { isArqonError, type Bus } from '@arqonbus/sdk';
import { earliest, isAfter, type EpisodeStore, type SourcePosition } from '@arqonbus/storage/episodes';
import type { Lag } from '../tenant-runtime.js';

export interface LagSources {
  readonly bus: Bus;
  readonly store: Pick<EpisodeStore, 'listPartitions'>;
  readonly tenantId: string;
  readonly partitionsCount: number;
  readonly nowMs: () => number;
}

/** How far all instances together are: what the database says, compared with the topic's end. */
export async function measureLag(sources: LagSources): Promise<Lag> {
  const { store, tenantId, partitionsCount, nowMs } = sources;
  const [head, partitions] = await Promise.all([readHead(sources), store.listPartitions(tenantId)]);
  const positions = new Map(partitions.map(({ partition, position }) => [partition, position]));
  const projected = earliest(Array.from({ length: partitionsCount }, (_, partition) => positions.get(partition)));
  if (head === undefined || !isAfter(head, projected)) return { head, projected, seconds: 0 };
  const waitingSinceMs = await oldestAfter(sources, head, projected);
  return { head, projected, seconds: waitingSinceMs === undefined ? 0 : Math.max(0, nowMs() - waitingSinceMs) / 1_000 };
}

/** Undefined where the topic has nothing, or is not there. */
async function readHead({ bus }: LagSources): Promise<SourcePosition | undefined> {
  try {
    const { epoch, sequence } = await bus.channelInfo(continuumTopics.episodes.room);
    return sequence === 0n ? undefined : { epoch, sequence };
  } catch (error) {
    if (isArqonError(error) && error.code === 'ROOM_NOT_FOUND') return undefined;
    throw error;
  }
}

async function oldestAfter({ bus }: LagSources, head: SourcePosition, projected: SourcePosition | undefined): Promise<number | undefined> {
  const fromSequence = projected?.epoch === head.epoch ? projected.sequence + 1n : 0n;
  const page = await bus.history(continuumTopics.episodes.room, { fromSequence, limit: 1 }).page();
  return page.messages.at(0)?.time.getTime();
}
