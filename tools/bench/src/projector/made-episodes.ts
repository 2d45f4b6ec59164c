import { ulidText } from '@arqonbus/e2e';
import { EpisodeEventSchema, EpisodeEventType } from '@arqonbus/proto';
import { create, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';

const agentsCount = 50;

/** A ULID of a time in milliseconds and a number of its own. */
function idOf(timeMs: number, number: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(timeMs, 0, 6);
  bytes.writeUIntBE(number, 10, 6);
  return ulidText(bytes);
}

/**
 * Payloads of `count` episode events of about 300 bytes, `from` being the number of the first: each episode is created and, half of all events later at the
 * most, updated once, so that half of the events change a row that is there.
 */
export function makeEpisodes(tenantId: string, startMs: number, from: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    const isUpdate = number % 2 === 1;
    const episode = isUpdate ? number - 1 : number;
    return toBinary(EpisodeEventSchema, create(EpisodeEventSchema, {
      eventId: idOf(startMs + number, number), eventType: isUpdate ? EpisodeEventType.UPDATED : EpisodeEventType.CREATED, tenantId,
      agentId: `agent-${String(episode % agentsCount)}`, episodeId: idOf(startMs, episode), sourceTs: timestampFromMs(startMs), schemaVersion: 1,
      payload: {
        contentRef: `s3://episodes/${tenantId}/${String(episode)}/${isUpdate ? 'final' : 'draft'}.json`, summary: `Episode ${String(episode)}: the agent compared two plans and kept the cheaper one.`,
        tags: ['plan', isUpdate ? 'final' : 'draft'], embeddingRef: `s3://embeddings/${tenantId}/${String(episode)}.npy`, metadata: { step: number, tool: 'search' },
      },
    }));
  });
}
