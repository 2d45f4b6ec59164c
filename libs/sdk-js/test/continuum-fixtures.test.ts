import { readEpisode, type EpisodeReading } from '@arqonbus/continuum';
import { EpisodeEventSchema, EpisodeEventType, type EpisodeEvent } from '@arqonbus/proto';
import { fromBinary } from '@bufbuild/protobuf';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EpisodeEncoder } from '../src/continuum/episode-encoder.js';
import type { EpisodeInit } from '../src/continuum/episode-init.js';

const folder = new URL('../../continuum/fixtures/v1/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as {
  tenant_id: string;
  type: string;
  bus_time_us: number;
  events: { file: string; type?: string; change?: object; refusal?: { code: string; field: string } }[];
};
const accepted = manifest.events.filter(({ change }) => change !== undefined);

const kinds = { [EpisodeEventType.CREATED]: 'created', [EpisodeEventType.UPDATED]: 'updated', [EpisodeEventType.DELETED]: 'deleted', [EpisodeEventType.SUMMARIZED]: 'summarized' } as const;

function read(payload: Uint8Array): EpisodeReading {
  return readEpisode(payload, { tenantId: manifest.tenant_id, type: manifest.type, timeUs: manifest.bus_time_us });
}

/** What a program would have published to make this event. */
function initOf({ eventType, eventId, episodeId, sourceTs, payload }: EpisodeEvent): EpisodeInit {
  const type = kinds[eventType as keyof typeof kinds];
  const sourceUs = (sourceTs?.seconds ?? 0n) * 1_000_000n + BigInt(Math.floor((sourceTs?.nanos ?? 0) / 1_000));
  const { contentRef, summary, tags, embeddingRef, metadata } = payload ?? {};
  return { type, eventId, episodeId, sourceTs: sourceUs, contentRef, summary, tags, embeddingRef, metadata } as EpisodeInit;
}

describe('the producer and the fixtures of the contract', () => {
  it.each(accepted)('agree on $file (I9)', ({ file }) => {
    const bytes = readFileSync(new URL(file, folder));
    const event = fromBinary(EpisodeEventSchema, bytes);
    const { payload } = new EpisodeEncoder({ tenantId: event.tenantId, agentId: event.agentId }).encode(initOf(event));
    const reading = read(payload);
    expect('change' in reading).toBe(true);
    expect(reading).toEqual(read(bytes));
  });
});
