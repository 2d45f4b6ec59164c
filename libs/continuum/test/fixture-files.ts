import { readEpisode } from '../src/index.js';
import { describeChange, fixtureCases, fixtureSource } from './fixture-cases.js';

/** The files of fixtures/v1: those of the events, and the manifest that says what a reader must make of them. Raises Error where ours does not. */
export function fixtureFiles(): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const events = fixtureCases.map(({ name, about, bytes, refusal, type }) => {
    const file = `${refusal === undefined ? 'accepted' : 'refused'}/${name}.binpb`;
    files.set(file, bytes);
    const reading = readEpisode(bytes, { ...fixtureSource, type: type ?? fixtureSource.type });
    if ('change' in reading !== (refusal === undefined)) throw new Error(`${name} was read as ${JSON.stringify(reading)}`);
    return { file, about, ...(type === undefined ? {} : { type }), ...('change' in reading ? { change: describeChange(reading.change) } : { refusal }) };
  });
  const { tenantId, type, timeUs } = fixtureSource;
  const manifest = { room: 'continuum.episode.v1', type, tenant_id: tenantId, bus_time_us: timeUs, events };
  files.set('manifest.json', new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`));
  return files;
}
