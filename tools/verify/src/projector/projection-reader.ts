import { deadLetterRoom, type ProjectionSystem } from '@arqonbus/e2e';
import { DeadLetterSchema } from '@arqonbus/proto';
import { fromBinary } from '@bufbuild/protobuf';
import { keyText, type Stamp } from './episode-fact.js';
import type { DeadLetter, JournalEntry, ReaderView, RecordedProjection, TableRow } from './recorded-projection.js';

/**
 * Keeps each write that moves a row's state or summary to another event, in the transaction of the write. It belongs to the run, not to the
 * schema, and is what shows a stale event that a newer one hid again.
 */
const journalDefinition = `
CREATE SCHEMA verify;
CREATE TABLE verify.journal (
  entry bigserial PRIMARY KEY, tenant_id text, agent_id text, episode_id text, register text,
  before_ts_us bigint, before_event_id uuid, after_ts_us bigint, after_event_id uuid
);
CREATE FUNCTION verify.keep_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE was arqon.episode;
BEGIN
  IF TG_OP = 'UPDATE' THEN was := OLD; END IF;
  IF (was.state_ts_us, was.state_event_id) IS DISTINCT FROM (NEW.state_ts_us, NEW.state_event_id) THEN
    INSERT INTO verify.journal (tenant_id, agent_id, episode_id, register, before_ts_us, before_event_id, after_ts_us, after_event_id)
      VALUES (NEW.tenant_id, NEW.agent_id, NEW.episode_id, 'state', was.state_ts_us, was.state_event_id, NEW.state_ts_us, NEW.state_event_id);
  END IF;
  IF (was.summary_ts_us, was.summary_event_id) IS DISTINCT FROM (NEW.summary_ts_us, NEW.summary_event_id) THEN
    INSERT INTO verify.journal (tenant_id, agent_id, episode_id, register, before_ts_us, before_event_id, after_ts_us, after_event_id)
      VALUES (NEW.tenant_id, NEW.agent_id, NEW.episode_id, 'summary', was.summary_ts_us, was.summary_event_id, NEW.summary_ts_us, NEW.summary_event_id);
  END IF;
  RETURN NULL;
END
$$;
CREATE FUNCTION verify.create_reader(reader name, tenant text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE ROLE %I LOGIN', reader);
  PERFORM arqon.grant_reader(reader, tenant);
END
$$;
CREATE TRIGGER verify_keep_move AFTER INSERT OR UPDATE ON arqon.episode FOR EACH ROW EXECUTE FUNCTION verify.keep_move();
`;

/** How far a tenant is: everything that was published is done once all counts are reached. */
export interface Progress {
  readonly marks: number;
  readonly deadLetters: number;
  readonly unannounced: number;
  /** Least sequence up to which every partition is projected; undefined: one has no position yet. */
  readonly projectedTo: bigint | undefined;
}

/** Makes the journal, and a role for each tenant that logs in and may read that tenant. The projector's schema must be there. */
export async function prepareReading(system: ProjectionSystem, tenants: readonly string[]): Promise<void> {
  await system.sql(journalDefinition);
  for (const tenant of tenants) await system.sql('SELECT verify.create_reader($1, $2)', [readerOf(tenant), tenant]);
}

export async function readProgress(system: ProjectionSystem, tenant: string): Promise<Progress> {
  const [row] = await system.sql<{ marks: string; letters: string; unannounced: string; placed: string; partitions: string; projected: string | null }>(`
    SELECT (SELECT count(*) FROM arqon.seen_event WHERE tenant_id = $1) AS marks,
      (SELECT count(*) FROM arqon.dead_letter WHERE tenant_id = $1) AS letters,
      (SELECT count(*) FROM arqon.dead_letter WHERE tenant_id = $1 AND NOT is_announced) AS unannounced,
      count(sequence) AS placed, count(*) AS partitions, min(sequence) AS projected
    FROM arqon.projection_partition WHERE tenant_id = $1`, [tenant]);
  const projectedTo = row.projected === null || row.placed !== row.partitions ? undefined : BigInt(row.projected);
  return { marks: Number(row.marks), deadLetters: Number(row.letters), unannounced: Number(row.unannounced), projectedTo };
}

/** Everything that the database and the dead-letter topics hold. */
export async function readProjection(system: ProjectionSystem, tenants: readonly string[]): Promise<Pick<RecordedProjection, 'rows' | 'marks' | 'deadLetters' | 'announced' | 'journal' | 'readers'>> {
  return {
    rows: await readRows(system),
    marks: await system.sql<{ tenant: string; eventId: string }>('SELECT tenant_id AS tenant, event_id AS "eventId" FROM arqon.seen_event'),
    deadLetters: await readDeadLetters(system),
    announced: (await Promise.all(tenants.map((tenant) => readAnnounced(system, tenant)))).flat(),
    journal: await readJournal(system),
    readers: await Promise.all(tenants.map((tenant) => readAsReader(system, tenant))),
  };
}

interface EpisodeColumns {
  readonly tenant_id: string;
  readonly agent_id: string;
  readonly episode_id: string;
  readonly state_ts_us: string | null;
  readonly state_event_id: string | null;
  readonly is_deleted: boolean;
  readonly content_ref: string | null;
  readonly state_summary: string | null;
  readonly tags: readonly string[] | null;
  readonly embedding_ref: string | null;
  readonly metadata: unknown;
  readonly summary_ts_us: string | null;
  readonly summary_event_id: string | null;
  readonly summary: string | null;
}

async function readRows(system: ProjectionSystem): Promise<TableRow[]> {
  const rows = await system.sql<EpisodeColumns & Record<string, unknown>>('SELECT * FROM arqon.episode');
  return rows.map((row) => ({
    tenant: row.tenant_id,
    agent: row.agent_id,
    episode: row.episode_id,
    state: stampOf(row.state_ts_us, row.state_event_id),
    isDeleted: row.is_deleted,
    content: { contentRef: row.content_ref ?? undefined, summary: row.state_summary ?? undefined, tags: row.tags ?? [], embeddingRef: row.embedding_ref ?? undefined, metadata: row.metadata ?? undefined },
    summaryStamp: stampOf(row.summary_ts_us, row.summary_event_id),
    summary: row.summary ?? undefined,
  }));
}

interface LetterColumns {
  readonly tenant_id: string;
  readonly id: string;
  readonly epoch: string;
  readonly sequence: string;
  readonly original_type: string;
  readonly original_payload: Buffer;
  readonly sender: string;
  readonly error_code: string;
  readonly reason: string;
  readonly tries: number;
  readonly first_failure_us: string;
  readonly last_failure_us: string;
}

async function readDeadLetters(system: ProjectionSystem): Promise<DeadLetter[]> {
  const rows = await system.sql<LetterColumns & Record<string, unknown>>('SELECT * FROM arqon.dead_letter ORDER BY tenant_id, id');
  return rows.map((row) => ({
    tenant: row.tenant_id, id: row.id, epoch: BigInt.asUintN(64, BigInt(row.epoch)), sequence: BigInt(row.sequence), type: row.original_type, payload: row.original_payload,
    sender: row.sender, errorCode: row.error_code, reason: row.reason, tries: row.tries, firstFailureUs: Number(row.first_failure_us), lastFailureUs: Number(row.last_failure_us),
  }));
}

/** The dead-letter topic of a tenant, as one of its own clients reads it. */
async function readAnnounced(system: ProjectionSystem, tenant: string): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  // The first dead letter makes the room.
  const [{ count }] = await system.sql<{ count: string }>('SELECT count(*) AS count FROM arqon.dead_letter WHERE tenant_id = $1 AND is_announced', [tenant]);
  if (count === '0') return letters;
  const bus = await system.operator(tenant);
  for await (const message of bus.history(deadLetterRoom, { pageSize: 500 })) {
    const letter = fromBinary(DeadLetterSchema, message.payload);
    letters.push({
      tenant, id: letter.deadLetterId, epoch: letter.epoch, sequence: letter.sequence, type: letter.originalType, payload: letter.originalPayload, sender: letter.sender,
      errorCode: letter.errorCode, reason: letter.reason, tries: letter.tries, firstFailureUs: Number(letter.firstFailureUs), lastFailureUs: Number(letter.lastFailureUs),
    });
  }
  await bus.close();
  return letters;
}

interface JournalColumns {
  readonly tenant_id: string;
  readonly agent_id: string;
  readonly episode_id: string;
  readonly register: 'state' | 'summary';
  readonly before_ts_us: string | null;
  readonly before_event_id: string | null;
  readonly after_ts_us: string | null;
  readonly after_event_id: string | null;
}

async function readJournal(system: ProjectionSystem): Promise<JournalEntry[]> {
  const rows = await system.sql<JournalColumns & Record<string, unknown>>('SELECT * FROM verify.journal ORDER BY entry');
  return rows.map((row) => ({
    key: keyText({ tenant: row.tenant_id, agent: row.agent_id, episode: row.episode_id }),
    register: row.register,
    before: stampOf(row.before_ts_us, row.before_event_id),
    after: stampOf(row.after_ts_us, row.after_event_id),
  }));
}

async function readAsReader(system: ProjectionSystem, tenant: string): Promise<ReaderView> {
  const role = readerOf(tenant);
  const seen = await system.sql<{ tenant: string; agent: string; episode: string; summary: string | null }>(
    'SELECT tenant_id AS tenant, agent_id AS agent, episode_id AS episode, summary FROM arqon.episodes', [], role,
  );
  const inTable = await system.sql<{ tenant: string }>('SELECT DISTINCT tenant_id AS tenant FROM arqon.episode', [], role);
  return { tenant, summaries: new Map(seen.map((row) => [keyText(row), row.summary ?? undefined])), tenantsInTable: inTable.map((row) => row.tenant) };
}

function readerOf(tenant: string): string {
  return `reader_of_${tenant}`;
}

function stampOf(tsUs: string | null, eventId: string | null): Stamp | undefined {
  return tsUs === null || eventId === null ? undefined : { tsUs: Number(tsUs), eventId };
}
