import { jetstreamManager } from '@nats-io/jetstream';
import { connect as connectNats } from '@nats-io/transport-node';
import { ensureNats, startNats, startRedis, ToolMissingError } from '@arqonbus/services';
import { summariseRounds, type MeasuredResult } from '../measured-result.js';
import type { MeasuredReport } from '../report/format-measured.js';
import { startSpine } from '../servers/start-spine.js';
import { medianOrNull } from '../statistics.js';
import type { MeasuredSuiteOptions } from '../suite-cases.js';
import { benchStream, benchSubject } from '../tasks/publish-client.js';
import { startTaskRunner, type TaskRunner } from '../tasks/start-task-runner.js';
import type { PublishOutcome } from '../tasks/task.js';
import { Servers } from './servers.js';

interface Pairing {
  readonly id: 'P9a' | 'P9b';
  readonly appendfsync: 'everysec' | 'always';
  readonly syncInterval: 'always' | undefined;
  readonly text: string;
}

const pairings: readonly Pairing[] = [
  { id: 'P9a', appendfsync: 'everysec', syncInterval: undefined, text: 'Redis everysec beside JetStream default' },
  { id: 'P9b', appendfsync: 'always', syncInterval: 'always', text: 'Redis always beside JetStream sync_interval: always' },
];
const goalRatio = 1.5;
/** Messages not yet acknowledged. nats.js did about the same with 64 to 8,192, and cost least per message up to 1,024. */
const sdkInFlightCount = 4_096;
const jetstreamInFlightCount = 1_024;

interface Pace {
  readonly roundCount: number;
  readonly warmupMs: number;
  readonly measureMs: number;
}

/** A side of the bench: where its clients go, and whose CPU it costs. */
interface Side {
  readonly address: { readonly port: number; readonly token: string };
  readonly serverPids: readonly number[];
  readonly runner: TaskRunner;
  readonly name: string;
}

/** P9: one publisher whose every message is acknowledged by a store on disk, ours and the peer in turns. */
export async function runDurableSuite(options: MeasuredSuiteOptions): Promise<MeasuredReport> {
  const pace: Pace = options.isQuick ? { roundCount: 3, warmupMs: 500, measureMs: 1_500 } : { roundCount: 5, warmupMs: 1_000, measureMs: 4_000 };
  const results: MeasuredResult[] = [];
  for (const pairing of pairings) {
    if (options.caseIds.some((id) => id.startsWith(pairing.id))) results.push(...(await runPairing(pairing, pace, options)));
  }
  return {
    suite: 'durable', title: 'Durable publishing', results,
    method: [
      `one publisher, one topic, 128 B, every message acknowledged and its sequence checked; ${pace.roundCount} alternating rounds of ${pace.measureMs} ms after ${pace.warmupMs} ms of warm-up, medians; the clock stops at the last acknowledgement`,
      `P9a, P9b: the same program on @arqonbus/sdk and on nats.js (@nats-io/jetstream), ours with ${sdkInFlightCount} and theirs with ${jetstreamInFlightCount} messages not yet acknowledged (nats.js did about the same from 64 to 8,192 and cost least up to 1,024); the SDK makes runs of what is published in one go, as it does by default, within 64 unacknowledged runs`,
      'P9a-single, P9b-single: ours is a raw socket that sends runs of one event, 64 unacknowledged; the peer is the same as above',
      'ours is the Spine with history.store redis and default limits on one redis-server; the peer a nats-server with one file stream, one replica; files of both on the same disk',
      'no process is pinned: each side has the whole machine while the other is idle',
    ],
  };
}

async function runPairing(pairing: Pairing, pace: Pace, options: MeasuredSuiteOptions): Promise<MeasuredResult[]> {
  const servers = new Servers();
  try {
    const ours = options.side === 'peer' ? { missing: 'not asked for' } : await orMissing(startOurs(pairing, servers));
    const peer = options.side === 'ours' ? { missing: 'not asked for' } : await orMissing(startPeerSide(pairing, servers));
    const sdk: (PublishOutcome | null)[] = [];
    const single: (PublishOutcome | null)[] = [];
    const theirs: (PublishOutcome | null)[] = [];
    const wants = (id: string): boolean => options.caseIds.includes(id);
    for (let round = 1; round <= pace.roundCount; round += 1) {
      sdk.push('missing' in ours || !wants(pairing.id) ? null : await publishWithSdk(ours, pace));
      theirs.push('missing' in peer ? null : await publishToJetStream(peer, pace));
      single.push('missing' in ours || !wants(`${pairing.id}-single`) ? null : await publishSingle(ours, pace));
      options.onProgress(`${pairing.id} round ${round}: ours ${rateText(sdk)}, peer ${rateText(theirs)}, single-event runs ${rateText(single)}`);
    }
    const notes = [sideNote('ours', ours), sideNote('peer', peer)];
    return [
      { id: pairing.id, work: `SDK to store, ${pairing.text}`, outcomes: sdk },
      { id: `${pairing.id}-single`, work: `single-event runs, ${pairing.text}`, outcomes: single },
    ].filter(({ id }) => wants(id)).map((row) => summarise(row, theirs, notes));
  } finally {
    await servers.stop();
  }
}

async function orMissing(starting: Promise<Side>): Promise<Side | { readonly missing: string }> {
  try {
    return await starting;
  } catch (error) {
    if (error instanceof ToolMissingError) return { missing: error.message };
    throw error;
  }
}

async function startOurs({ appendfsync }: Pairing, servers: Servers): Promise<Side> {
  const redis = await servers.add(startRedis({ appendonly: 'yes', appendfsync }));
  const spine = await servers.add(startSpine({ core: undefined, settings: { ARQON_SPINE_HISTORY_STORE: 'redis', ARQON_SPINE_HISTORY_REDIS_URLS: redis.url } }));
  const runner = await servers.add(startTaskRunner({ core: undefined }));
  return { address: { port: spine.port, token: spine.token }, serverPids: [spine.pid, redis.pid], runner, name: `ArqonBus Spine on Redis, appendfsync ${appendfsync}` };
}

async function startPeerSide({ syncInterval }: Pairing, servers: Servers): Promise<Side> {
  const { executable, version } = await ensureNats();
  const nats = await servers.add(startNats({ executable, jetstream: syncInterval === undefined ? {} : { syncInterval } }));
  const connection = await connectNats({ servers: `127.0.0.1:${nats.port}` });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: benchStream, subjects: [benchSubject], storage: 'file', num_replicas: 1 });
  await connection.close();
  const runner = await servers.add(startTaskRunner({ core: undefined }));
  return { address: { port: nats.port, token: '' }, serverPids: [nats.pid], runner, name: `nats-server ${version}, file stream, sync_interval ${syncInterval ?? 'default'}` };
}

function publishWithSdk({ runner, address, serverPids }: Side, pace: Pace): Promise<PublishOutcome> {
  return runner.run({ kind: 'publish-sdk', spine: address, inFlightCount: sdkInFlightCount, warmupMs: pace.warmupMs, measureMs: pace.measureMs, serverPids });
}

function publishToJetStream({ runner, address, serverPids }: Side, pace: Pace): Promise<PublishOutcome> {
  return runner.run({ kind: 'publish-jetstream', spine: address, inFlightCount: jetstreamInFlightCount, warmupMs: pace.warmupMs, measureMs: pace.measureMs, serverPids });
}

function publishSingle({ runner, address, serverPids }: Side, { warmupMs, measureMs }: Pace): Promise<PublishOutcome> {
  return runner.run({ kind: 'publish-acked', spine: address, runLength: 1, extent: { warmupMs, measureMs }, serverPids });
}

function sideNote(side: string, found: Side | { readonly missing: string }): string {
  return 'missing' in found ? `no ${side}: ${found.missing}` : `${side}: ${found.name}`;
}

function rateText(outcomes: readonly (PublishOutcome | null)[]): string {
  const last = outcomes.at(-1);
  return last === undefined || last === null ? '-' : `${(last.ackedPerSecond / 1e3).toFixed(1)} k/s (client ${Math.round(last.generatorCpuShare * 100)} % of a core)`;
}

function summarise(
  row: { readonly id: string; readonly work: string; readonly outcomes: readonly (PublishOutcome | null)[] }, theirs: readonly (PublishOutcome | null)[], notes: readonly string[],
): MeasuredResult {
  const medianOf = (outcomes: readonly (PublishOutcome | null)[], read: (outcome: PublishOutcome) => number | null): number | null =>
    medianOrNull(outcomes.map((outcome) => (outcome === null ? null : read(outcome))));
  return summariseRounds({
    id: row.id, unit: 'msg/s', work: row.work,
    goal: { of: 'ratio', direction: 'at-least', value: goalRatio },
    rounds: row.outcomes.map((outcome, round) => ({ ours: outcome?.ackedPerSecond ?? null, peer: theirs[round]?.ackedPerSecond ?? null })),
    notes,
    details: {
      acknowledged_as: row.outcomes.find((outcome) => outcome !== null)?.durability ?? null,
      ours_server_cpu_s_per_million: medianOf(row.outcomes, (outcome) => outcome.serverCpuSecondsPerMillion),
      peer_server_cpu_s_per_million: medianOf(theirs, (outcome) => outcome.serverCpuSecondsPerMillion),
      ours_client_cpu: medianOf(row.outcomes, (outcome) => outcome.generatorCpuShare),
      peer_client_cpu: medianOf(theirs, (outcome) => outcome.generatorCpuShare),
    },
  });
}
