import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { EpisodeEventSchema } from '@arqonbus/proto';
import { describe, expect, it } from 'vitest';
import { canonicalJson, continuumTopics, readEpisode, type EpisodeReading } from '../src/index.js';
import { describeChange } from './fixture-cases.js';
import { fixtureFiles } from './fixture-files.js';

const folder = join(import.meta.dirname, '../fixtures/v1');

interface Manifest {
  readonly room: string;
  readonly type: string;
  readonly tenant_id: string;
  readonly bus_time_us: number;
  readonly events: readonly {
    readonly file: string;
    readonly type?: string;
    readonly change?: Record<string, unknown>;
    readonly refusal?: { readonly code: string; readonly field: string };
  }[];
}

/** By the committed files alone, as a producer reads them. */
const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;

function read(file: string, type: string): EpisodeReading {
  return readEpisode(readFileSync(join(folder, file)), { tenantId: manifest.tenant_id, type, timeUs: manifest.bus_time_us });
}

describe('fixtures of the Continuum contract (I9)', () => {
  it('are of the topic and the type of the contract', () => {
    expect({ room: manifest.room, type: manifest.type }).toEqual(continuumTopics.episodes);
  });

  it.each(manifest.events)('$file is read as the manifest says', ({ file, type, change, refusal }) => {
    const reading = read(file, type ?? manifest.type);
    if ('change' in reading) expect(canonicalJson(describeChange(reading.change))).toBe(canonicalJson(change));
    else expect({ code: reading.fault.code, field: reading.fault.field }).toEqual(refusal);
  });

  it('hold every refusal of a reader, and accepted events of every type', () => {
    const codes = new Set(manifest.events.map(({ refusal }) => refusal?.code));
    for (const code of [
      'EPISODE_MALFORMED', 'EPISODE_TYPE_UNSUPPORTED', 'EPISODE_VERSION_UNSUPPORTED', 'EPISODE_INVALID_FIELD', 'EPISODE_TENANT_MISMATCH', 'EPISODE_TOO_LARGE',
      'EPISODE_NOT_A_REFERENCE', 'EPISODE_SOURCE_TIME_AHEAD',
    ]) expect(codes, code).toContain(code);
    expect(new Set(manifest.events.flatMap(({ change }) => (change === undefined ? [] : [change.event_type])))).toEqual(new Set(['created', 'updated', 'deleted', 'summarized']));
  });

  it('are what Protobuf writes', () => {
    for (const { file, change } of manifest.events) {
      if (change === undefined) continue;
      const bytes = readFileSync(join(folder, file));
      expect(Buffer.from(toBinary(EpisodeEventSchema, fromBinary(EpisodeEventSchema, bytes))).equals(bytes), file).toBe(true);
    }
  });

  it('are those that test/write-fixtures.ts writes', () => {
    const files = fixtureFiles();
    const committed = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    expect(committed.sort()).toEqual([...files.keys()].sort());
    for (const [name, bytes] of files) expect(readFileSync(join(folder, name)).equals(bytes), name).toBe(true);
  });
});
