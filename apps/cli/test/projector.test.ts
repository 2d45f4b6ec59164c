import { create, fromBinary, toBinary, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  BackfillRequestSchema, BackfillStatusSchema, CallSchema, EpisodeEventSchema, EpisodeEventType, GetLagResponseSchema, GetStatusResponseSchema, ListDeadLettersRequestSchema,
  ListDeadLettersResponseSchema, ReplayDeadLettersRequestSchema, ReplayDeadLettersResponseSchema, SetPausedResponseSchema, ShowDeadLetterRequestSchema,
  ShowDeadLetterResponseSchema, type Call,
} from '@arqonbus/proto';
import { connect, type Bus, type RawEvent } from '@arqonbus/sdk';
import { createTempFolder, waitFor, type TempFolder } from '@arqonbus/testkit';
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, runArqon, startArqon, startDev, type ArqonRun, type RunningDev } from './arqon-process.js';

const letterId = (number: number): string => `01930b5e-7c3a-7d4e-9a51-${String(number).padStart(12, '0')}`;
const backfillId = '01930b5e-7c3a-7d4e-9a51-0b1f8f2f4c11';
const at = timestampFromDate(new Date('2026-01-31T12:00:00Z'));

function answer<Schema extends DescMessage>(schema: Schema, data: MessageInitShape<Schema>): RawEvent {
  return { type: schema.typeName, payload: toBinary(schema, create(schema, data)) };
}

/** Answers calls as the projector of one tenant does, and keeps them. */
class FakeProjector {
  readonly calls: Call[] = [];
  deadLetterCount = 3;
  payload: Uint8Array = new Uint8Array();
  refused = 0n;
  /** Polls that find the backfill running; undefined for ever. */
  polls: number | undefined = 2;
  isFailing = false;
  /** Questions about a backfill that are refused because the database is away. */
  refusals = 0;
  /** What status says of the database. */
  isPartial = false;

  private constructor(private readonly bus: Bus) {}

  static async start(options: { url: string; ca: string; token: string }): Promise<FakeProjector> {
    const projector = new FakeProjector(await connect(options));
    const subscription = await projector.bus.join('sys.calls:projector');
    subscription.on('message', (message) => {
      const call = fromBinary(CallSchema, message.payload);
      projector.calls.push(call);
      const answered = projector.answer(call);
      void (typeof answered === 'string' ? message.replyError({ code: answered, message: 'It is not there.' }) : message.reply(answered));
    });
    return projector;
  }

  stop(): Promise<void> {
    return this.bus.drain();
  }

  private answer({ name, args }: Call): RawEvent | string {
    switch (name) {
      case 'projector.status':
        return answer(GetStatusResponseSchema, {
          tenantId: 'acme', isPaused: true, isPartial: this.isPartial, instances: 2, episodes: 17n, deadLetters: 3n, readiness: 'degraded', reasons: ['projection_paused'],
          partitions: [{ partition: 0, instance: 'p-1', epoch: 7n, sequence: 99n }, { partition: 1, instance: '', epoch: 7n, sequence: 98n }],
        });
      case 'projector.lag': return answer(GetLagResponseSchema, { headEpoch: 7n, headSequence: 120n, projectedSequence: 98n, events: 22n, seconds: 1.25 });
      case 'projector.pause':
      case 'projector.resume': return answer(SetPausedResponseSchema, { isPaused: name === 'projector.pause' });
      case 'projector.dead_letters.list': return this.list(args);
      case 'projector.dead_letters.show': {
        const { deadLetterId } = fromBinary(ShowDeadLetterRequestSchema, args);
        if (deadLetterId !== letterId(1)) return 'UNKNOWN_DEAD_LETTER';
        return answer(ShowDeadLetterResponseSchema, { summary: { deadLetterId, errorCode: 'EPISODE_MALFORMED', originalBytes: this.payload.length, firstFailure: at }, originalPayload: this.payload });
      }
      case 'projector.dead_letters.replay': {
        const { deadLetterIds, after } = fromBinary(ReplayDeadLettersRequestSchema, args);
        const count = deadLetterIds.length > 0 ? deadLetterIds.length : 2;
        return answer(ReplayDeadLettersResponseSchema, { replayed: BigInt(count) - this.refused, refused: this.refused, nextAfter: deadLetterIds.length === 0 && after === '' ? letterId(2) : '' });
      }
      case 'projector.backfill':
      case 'projector.backfill.status':
        if (name === 'projector.backfill.status' && this.refusals > 0) {
          this.refusals -= 1;
          return 'PROJECTION_UNAVAILABLE';
        }
        return this.backfill(name, args);
      default: return 'UNSUPPORTED_COMMAND';
    }
  }

  private list(args: Uint8Array): RawEvent {
    const { limit, after, withReplayed } = fromBinary(ListDeadLettersRequestSchema, args);
    const count = this.deadLetterCount + (withReplayed ? 1 : 0);
    const first = after === '' ? 1 : Number(after.slice(-12)) + 1;
    const ids = Array.from({ length: Math.max(0, Math.min(limit, 2, count - first + 1)) }, (_, index) => first + index);
    const last = ids.at(-1) ?? count;
    return answer(ListDeadLettersResponseSchema, {
      deadLetters: ids.map((number) => ({ deadLetterId: letterId(number), errorCode: 'EPISODE_MALFORMED', reason: 'it does not decode', tries: 1, sequence: BigInt(number), sender: 'writer', lastFailure: at })),
      nextAfter: last < count ? letterId(last) : '',
    });
  }

  private backfill(name: string, args: Uint8Array): RawEvent {
    const request = name === 'projector.backfill' ? fromBinary(BackfillRequestSchema, args) : create(BackfillRequestSchema, { backfillId, from: at, to: at });
    const { from, to, agentId, dryRun } = request;
    const isRunning = this.polls === undefined || this.polls > 0;
    if (this.polls !== undefined) this.polls -= 1;
    const state = isRunning ? 'running' : this.isFailing ? 'failed' : 'done';
    return answer(BackfillStatusSchema, {
      backfillId: request.backfillId, state, dryRun, agentId, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }),
      counts: { events: isRunning ? 5n : 10n, rowsInserted: 3n }, ...(state === 'done' ? { reason: 'The topic began later.' } : {}), ...(state === 'failed' ? { errorCode: 'HISTORY_TRIMMED', reason: 'the window is not whole' } : {}),
    });
  }
}

describe('arqon projector', () => {
  let folder: TempFolder;
  let dev: RunningDev;
  let projector: FakeProjector;
  beforeAll(async () => {
    folder = createTempFolder('arqon-cli-');
    dev = await startDev(folder.path);
    const token = await runArqon(['token', '--tenant', 'acme', '--sub', 'projector-1', '--role', 'service', '--subscribe', 'sys.calls:projector'], { cwd: folder.path });
    projector = await FakeProjector.start({ url: dev.info.shieldUrl, ca: readFileSync(dev.info.caFile, 'utf8'), token: token.stdout.trim() });
  }, 90_000);
  afterAll(async () => {
    await projector.stop();
    await dev.process.stop('SIGTERM');
    folder.remove();
  });

  const arqon = (...args: string[]): Promise<ArqonRun> => runArqon(['projector', ...args, '--tenant', 'acme'], { cwd: folder.path });
  const lastCall = (): Call => projector.calls.at(-1) ?? create(CallSchema);

  it('shows state and lag, for people and as JSON', async () => {
    const status = await arqon('status');
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toMatch(/^tenant acme, paused\n.*degraded \(projection_paused\)[^]*instances +2[^]*dead letters +3[^]*partition +0 p-1 7\/99[^]*partition +1 nobody 7\/98/);
    expect(jsonLines((await arqon('status', '--json')).stdout)).toMatchObject([{ tenantId: 'acme', isPaused: true, episodes: '17', partitions: [{ partition: 0, epoch: '7', sequence: '99' }, {}], backfills: [] }]);
    expect((await arqon('lag')).stdout).toBe('22 events, 1.3 s behind: projected up to 98 of 120 in epoch 7\n');
    expect(jsonLines((await arqon('lag', '--json')).stdout)).toEqual([{ headEpoch: '7', headSequence: '120', projectedSequence: '98', events: '22', seconds: 1.25 }]);
  }, 120_000);

  it('says what is not known while the database of the projector is away', async () => {
    projector.isPartial = true;
    const { code, stdout } = await arqon('status');
    const [json] = jsonLines((await arqon('status', '--json')).stdout);
    projector.isPartial = false;
    expect(code).toBe(0);
    expect(stdout).toMatch(/the database did not answer in time[^]*instances +not known[^]*episodes +not known[^]*dead letters +not known[^]*partition +0 p-1 7\/99/);
    expect(json).toMatchObject({ isPartial: true });
  }, 120_000);

  it('refuses what is no id and no time before anything is asked', async () => {
    const asked = projector.calls.length;
    for (const args of [['dlq', 'show', 'x'], ['dlq', 'list', '--after', 'x'], ['dlq', 'replay', letterId(1), 'x'], ['backfill', '--from', '2026-01-31', '--to', '2026-02-01', '--agent', 'a b'], ['backfill', '--from', '1969-12-31', '--to', '2026-02-01']]) {
      expect(await arqon(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('(USAGE)') as string });
    }
    expect(projector.calls.length).toBe(asked);
  }, 120_000);

  it('pauses and resumes', async () => {
    expect((await arqon('pause')).stdout).toBe('paused\n');
    expect(jsonLines((await arqon('resume', '--json')).stdout)).toEqual([{ isPaused: false }]);
    expect(projector.calls.slice(-2).map(({ name }) => name)).toEqual(['projector.pause', 'projector.resume']);
  }, 120_000);

  it('lists dead letters over pages, up to the limit', async () => {
    const ids = (run: ArqonRun): string[] => jsonLines<{ deadLetterId: string }>(run.stdout).map(({ deadLetterId }) => deadLetterId);
    expect(ids(await arqon('dlq', 'list', '--json'))).toEqual([1, 2, 3].map(letterId));
    expect(ids(await arqon('dlq', 'list', '--json', '--all', '--after', letterId(2)))).toEqual([3, 4].map(letterId));
    const cut = await arqon('dlq', 'list', '--limit', '1');
    expect(cut.stdout).toBe(`${letterId(1)} 2026-01-31T12:00:00.000Z EPISODE_MALFORMED #1 writer, event unknown, 1 try\n`);
    expect(cut.stderr).toBe(`arqon: there are more; go on with --after ${letterId(1)}\n`);
  }, 120_000);

  it('shows what was in a dead letter, decoded, in hexadecimal digits or raw', async () => {
    projector.payload = toBinary(EpisodeEventSchema, create(EpisodeEventSchema, { eventType: EpisodeEventType.CREATED, tenantId: 'acme', agentId: 'a\u001b[2J' }));
    const [shown] = jsonLines<{ payload: object }>((await arqon('dlq', 'show', letterId(1), '--json')).stdout);
    expect(shown).toMatchObject({ deadLetterId: letterId(1), errorCode: 'EPISODE_MALFORMED', payload: { tenantId: 'acme', agentId: 'a\u001b[2J' }, payloadBytes: projector.payload.length });
    const { stdout } = await arqon('dlq', 'show', letterId(1));
    expect(stdout).toMatch(/^deadLetterId +01930b5e[^]*payload:\n\{[^]*"tenantId": "acme"/);
    expect(stdout).not.toContain('\u001b');
    projector.payload = Uint8Array.from({ length: 3_000 }, () => 0xff);
    const [hex] = jsonLines<{ payloadHex: string; payloadBytes: number }>((await arqon('dlq', 'show', letterId(1), '--json')).stdout);
    expect([hex.payloadHex, hex.payloadBytes]).toEqual([`${'ff'.repeat(1_024)}...`, 3_000]);
    expect((await arqon('dlq', 'show', letterId(1), '--raw', 'event.bin')).stdout).toBe('3000 bytes written to event.bin\n');
    expect(readFileSync(folder.file('event.bin'))).toEqual(Buffer.from(projector.payload));
    expect(statSync(folder.file('event.bin')).mode & 0o777).toBe(0o600);
    projector.payload = Buffer.from('not\nan event');
    expect((await arqon('dlq', 'show', letterId(1), '--raw', '-')).stdout).toBe('not\nan event');
  }, 120_000);

  it('says which dead letter is not there, and what to do', async () => {
    expect(await arqon('dlq', 'show', letterId(9))).toEqual({ code: 5, stdout: '', stderr: 'arqon: It is not there. (UNKNOWN_DEAD_LETTER)\n  `arqon projector dlq list --all` lists what there is.\n' });
  }, 120_000);

  it('replays dead letters by id and all of them, and ends with 1 when some are refused again', async () => {
    expect((await arqon('dlq', 'replay', letterId(1), letterId(2), letterId(1))).stdout).toBe('2 replayed, 0 refused again, 0 replayed before\n');
    expect(fromBinary(ReplayDeadLettersRequestSchema, lastCall().args).deadLetterIds).toEqual([letterId(1), letterId(2)]);
    projector.refused = 1n;
    expect(await arqon('dlq', 'replay', '--all', '--json')).toEqual({ code: 1, stderr: '', stdout: '{"replayed":"2","refused":"2","alreadyReplayed":"0"}\n' });
    expect(fromBinary(ReplayDeadLettersRequestSchema, lastCall().args)).toMatchObject({ deadLetterIds: [], after: letterId(2) });
  }, 120_000);

  it('starts a backfill and waits for its end, with its progress on stderr', async () => {
    projector.polls = 2;
    const window = ['--from', '2026-01-31T12:00:00Z', '--to', '2026-02-01', '--agent', 'planner', '--dry-run', '--id', backfillId];
    const run = await arqon('backfill', ...window, '--wait', '--json');
    expect(jsonLines(run.stdout)).toMatchObject([{ backfillId, state: 'done', counts: { events: '10', rowsInserted: '3', rowsDeleted: '0' } }]);
    expect(jsonLines(run.stderr)).toMatchObject([{ event: 'progress', backfillId, counts: { events: '5' } }]);
    expect(run.code).toBe(0);
    const started = projector.calls.findLast(({ name }) => name === 'projector.backfill');
    expect(fromBinary(BackfillRequestSchema, started?.args ?? new Uint8Array())).toMatchObject({ backfillId, agentId: 'planner', dryRun: true, from: at, to: timestampFromDate(new Date('2026-02-01')) });
    projector.polls = 1;
    const left = await arqon('backfill', '--from', '2026-01-31', '--to', '2026-02-01');
    expect(left).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f-]{36} running, .*: 5 events/) as string, stderr: expect.stringContaining('--wait` waits for its end') as string });
  }, 120_000);

  it('waits on while the projector or its database is away, and says so once', async () => {
    [projector.polls, projector.refusals] = [1, 2];
    const run = await arqon('backfill', '--from', '2026-01-31', '--to', '2026-02-01', '--wait', '--json');
    expect(run.code).toBe(0);
    expect(jsonLines(run.stdout)).toMatchObject([{ state: 'done' }]);
    expect(jsonLines<{ event: string }>(run.stderr).filter(({ event }) => event === 'waiting')).toMatchObject([{ reason: 'the database of the projector is away' }]);
  }, 120_000);

  it('tells of a backfill by its id alone with what is remarked of it, and of one that failed', async () => {
    projector.polls = 0;
    expect(await arqon('backfill', '--id', backfillId)).toMatchObject({ code: 0, stdout: expect.stringMatching(/done, .* 0 unchanged\. The topic began later\.\n$/) as string });
    projector.isFailing = true;
    const run = await arqon('backfill', '--id', backfillId);
    expect(lastCall().name).toBe('projector.backfill.status');
    expect(run).toMatchObject({ code: 1, stdout: expect.stringContaining(`${backfillId} failed`) as string, stderr: expect.stringContaining('the backfill failed: the window is not whole (HISTORY_TRIMMED)') as string });
    projector.isFailing = false;
  }, 120_000);

  it('leaves the backfill running when a signal ends the wait, and says how to look', async () => {
    projector.polls = undefined;
    const run = await startArqon(['projector', 'backfill', '--id', backfillId, '--wait', '--tenant', 'acme'], { cwd: folder.path });
    await waitFor(() => run.output.stderr.includes('5 events'), { timeoutMs: 30_000, what: 'progress' });
    expect(await run.stop('SIGINT')).toMatchObject({ code: 130 });
    expect(run.output.stderr).toContain(`the backfill goes on; \`arqon projector backfill --id ${backfillId}\` tells how far it is`);
  }, 120_000);

  it('reaches the projector of its own tenant alone, and as an admin alone', async () => {
    const other = await runArqon(['projector', 'status'], { cwd: folder.path });
    expect(other).toEqual({
      code: 6, stdout: '', stderr: 'arqon: no projector of this tenant is connected (NO_RESPONDERS)\n  `arqon serve projector` runs one; this tenant must be among its tenants.\n',
    });
    const token = (await runArqon(['token', '--tenant', 'acme', '--sub', 'me', '--role', 'operator', '--subscribe', 'sys.*'], { cwd: folder.path })).stdout.trim();
    const env = { ARQON_TOKEN: token };
    expect(await runArqon(['projector', 'status', '--tenant', 'acme'], { cwd: folder.path, env })).toMatchObject({ code: 5, stderr: 'arqon: the token may not call the projector (NOT_PERMITTED)\n  Calls need the role admin.\n' });
    expect(await runArqon(['projector', 'status', '--tenant', 'other'], { cwd: folder.path, env })).toMatchObject({ code: 2, stderr: expect.stringContaining('the token is one of the tenant acme, not of other') as string });
  }, 120_000);
});
