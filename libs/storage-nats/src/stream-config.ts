import { JetStreamApiError, StorageType, DiscardPolicy, RetentionPolicy, type JetStreamManager, type StreamConfig, type StreamInfo } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Retention } from '@arqonbus/storage';
import { natsRecordStreamName, natsRecordSubjects, natsStreamName, natsStreamSubject, natsSubjectsBelow } from '@arqonbus/tenancy';
import type { NatsSettings } from './nats-store-options.js';

const minuteMs = 60_000;
const streamNotFound = 10_059;
const streamNameInUse = 10_058;
/** Topics of one tenant (docs/protocol.md, limits), with room for those that came and went. */
const maxRecordsCount = 200_000;

/**
 * Retention classes are coarse, so that a tenant has few streams: twice the age in minutes and twice the events, each up to the next power of two.
 * The log itself trims exactly, and before the server does.
 */
export function retentionClassOf(retention: Retention): string {
  return `${powerOfTwo((2 * retention.maxAgeMs) / minuteMs)}m_${powerOfTwo(2 * retention.maxEvents)}`;
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, least)));
}

interface ClassBounds {
  readonly maxAgeMs: number;
  readonly maxRunsPerTopic: number;
}

export function boundsOfClass(retentionClass: string): ClassBounds {
  const [minutes, runs] = retentionClass.split('_').map((text) => Number.parseInt(text, 10));
  return { maxAgeMs: minutes * minuteMs, maxRunsPerTopic: runs };
}

/** The runs of a tenant's topics of one class: explicit bounds of messages, bytes and age (D19). */
export function logStreamConfig(tenant: string, retentionClass: string, settings: NatsSettings): Partial<StreamConfig> & { name: string } {
  const { maxAgeMs, maxRunsPerTopic } = boundsOfClass(retentionClass);
  return {
    ...common(settings),
    name: natsStreamName(tenant, retentionClass),
    subjects: [natsSubjectsBelow(natsStreamSubject(tenant, retentionClass))],
    max_age: nanos(maxAgeMs),
    max_bytes: settings.maxStreamBytes,
    max_msgs_per_subject: maxRunsPerTopic,
    duplicate_window: nanos(Math.min(settings.duplicateWindowMs, maxAgeMs)),
    max_consumers: settings.maxConsumersCount,
  };
}

/** One record for each topic of a tenant, without age: the epoch outlives the runs. */
export function recordStreamConfig(tenant: string, settings: NatsSettings): Partial<StreamConfig> & { name: string } {
  return {
    ...common(settings),
    name: natsRecordStreamName(tenant),
    subjects: [natsRecordSubjects(tenant)],
    max_bytes: settings.maxRecordBytes,
    max_msgs: maxRecordsCount,
    max_msgs_per_subject: 1,
  };
}

function common(settings: NatsSettings): Partial<StreamConfig> {
  return {
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    num_replicas: settings.replicasCount,
    allow_direct: true,
    deny_delete: false,
    deny_purge: false,
  };
}

/** The stream as it is, created where there is none. One that an operator made keeps its own bounds. */
export async function ensureStream(manager: JetStreamManager, config: Partial<StreamConfig> & { name: string }): Promise<StreamInfo> {
  const found = await streamInfo(manager, config.name);
  if (found !== undefined) return found;
  try {
    return await manager.streams.add(config);
  } catch (error) {
    // Another Spine with other bounds was faster.
    if (errorCodeOf(error) === streamNameInUse) return manager.streams.info(config.name);
    throw error;
  }
}

/** Undefined when there is no such stream. */
export async function streamInfo(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (errorCodeOf(error) === streamNotFound) return undefined;
    throw error;
  }
}

/** Number of an error of the JetStream API, 0 for others. */
export function errorCodeOf(error: unknown): number {
  return error instanceof JetStreamApiError ? error.code : 0;
}
