import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  GetLagRequestSchema, GetLagResponseSchema, GetStatusRequestSchema, GetStatusResponseSchema, SetPausedRequestSchema, SetPausedResponseSchema, type PartitionStatusSchema,
} from '@arqonbus/proto';
import { EpisodeStoreError, type SourcePosition } from '@arqonbus/storage/episodes';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lag, TenantRuntime } from '../tenant-runtime.js';
import { backfillStatusOf } from './answer-messages.js';
import { operationOf, type Operation } from './operation.js';

const backfillsShown = 5;
/** Time in which the database must have answered: well within that of a caller. */
const storeMs = 6_000;
/** The first answer counts: one without the database lets an instance that reaches it be first. */
const partialAfterMs = 300;

/** projector.status: without the database, what this instance knows, and that it is no more than that. */
export const getStatus = operationOf(GetStatusRequestSchema, GetStatusResponseSchema, async (runtime) => {
  const { tenantId } = runtime;
  const stored = await storedWithin(storeMs, runtime);
  const { state, reasons } = runtime.readiness();
  if (stored !== undefined) return { ...stored, tenantId, isPartial: false, readiness: state, reasons: [...reasons] };
  const { isPaused, instance, held } = runtime.known();
  return {
    tenantId, isPaused, isPartial: true, readiness: state === 'Ready' ? 'Degraded' : state, reasons: [...new Set(['store_unavailable', ...reasons])],
    partitions: held.map(({ partition, position }) => partitionStatus(partition, instance, position)),
  };
});

/** Undefined where the database is away or too slow. Rejects with any other failure. */
async function storedWithin(ms: number, runtime: TenantRuntime): Promise<MessageInitShape<typeof GetStatusResponseSchema> | undefined> {
  const answered = new AbortController();
  try {
    return await Promise.race([readStored(runtime), delay(ms, undefined, { signal: answered.signal })]);
  } catch (error) {
    if (!(error instanceof EpisodeStoreError) || error.failure !== 'transient') throw error;
    await delay(partialAfterMs);
    return undefined;
  } finally {
    answered.abort();
  }
}

async function readStored({ store, tenantId }: TenantRuntime): Promise<MessageInitShape<typeof GetStatusResponseSchema>> {
  const isPaused = await store.isPaused(tenantId);
  const instances = await store.countInstances();
  const partitions = await store.listPartitions(tenantId);
  const episodes = await store.countEpisodes(tenantId);
  const deadLetters = await store.countOpenDeadLetters(tenantId);
  const backfills = await store.listBackfills(tenantId, backfillsShown);
  return {
    isPaused, instances, episodes: BigInt(episodes), deadLetters: BigInt(deadLetters), backfills: backfills.map(backfillStatusOf),
    partitions: partitions.map(({ partition, instance, position }) => partitionStatus(partition, instance, position)),
  };
}

function partitionStatus(partition: number, instance: string, position: SourcePosition | undefined): MessageInitShape<typeof PartitionStatusSchema> {
  return { partition, instance, epoch: position?.epoch ?? 0n, sequence: position?.sequence ?? 0n };
}

/** projector.lag */
export const getLag = operationOf(GetLagRequestSchema, GetLagResponseSchema, async (runtime) => {
  const lag = await runtime.lag();
  return {
    headEpoch: lag.head?.epoch ?? 0n, headSequence: lag.head?.sequence ?? 0n, projectedSequence: projectedInEpoch(lag), events: waiting(lag), seconds: lag.seconds,
  };
});

/** What is projected of an older epoch says nothing of this one. */
function projectedInEpoch({ head, projected }: Lag): bigint {
  return projected === undefined || (head !== undefined && projected.epoch !== head.epoch) ? 0n : projected.sequence;
}

function waiting(lag: Lag): bigint {
  const events = (lag.head?.sequence ?? 0n) - projectedInEpoch(lag);
  return events > 0n ? events : 0n;
}

/** projector.pause */
export const pause = setPaused(true);

/** projector.resume */
export const resume = setPaused(false);

function setPaused(isPaused: boolean): Operation {
  return operationOf(SetPausedRequestSchema, SetPausedResponseSchema, async (runtime, _args, call) => {
    await runtime.store.setPaused(runtime.tenantId, isPaused, call.actor);
    runtime.controlChanged(isPaused);
    return { isPaused };
  });
}
