import { randomBytes, randomUUID } from 'node:crypto';
import type { EpisodeChange, EpisodeChangeKind, EpisodeContent, EpisodeKey, EpisodeRow, ProjectionOutcome } from '@arqonbus/continuum';
import { afterEach, expect, type TestContext } from 'vitest';
import { EpisodeStoreError, type BatchEntry, type EpisodeFault, type EpisodeStore, type EpisodeStoreFailure, type PartitionClaim, type SourcePosition } from './episode-store.js';

/** One process's view of a store; made by the adapter's own tests. */
export interface EpisodeStoreUnderTest {
  readonly store: EpisodeStore;
  /** Its name in the table of partitions. */
  readonly instance: string;
  /** Another instance on the same data at the same time; absent where only one can be. */
  second?(): Promise<EpisodeStoreUnderTest>;
  /** Ends this instance and opens another on the same data, as a restart does. */
  reopen(): Promise<EpisodeStoreUnderTest>;
  /** Ends every connection to the database, as a failing network does; absent where there is none. */
  cutConnections?(): Promise<void>;
  /** At the end of a test, after `store.close()` too; what is kept for the next test is the adapter's own matter. */
  close(): Promise<void>;
}

/** What an adapter may lack; cases that need it are skipped by name, with the reason. */
export type EpisodeStoreAbility = 'instances' | 'connections';

export interface EpisodeStoreContractOptions {
  /** What this adapter lacks, and why. */
  readonly lacks?: Readonly<Partial<Record<EpisodeStoreAbility, string>>>;
  /** Random sets of events that are compared with the model. Default 30. */
  readonly randomHistoriesCount?: number;
  /** Default 7; a failure names the seed and path to repeat. */
  readonly seed?: number;
  /** Milliseconds for what a store does in its own time. Default 10,000. */
  readonly patienceMs?: number;
}

export type MakeEpisodeStore = () => Promise<EpisodeStoreUnderTest>;

/** Instances of one test, closed after it, the first one last. */
export class EpisodeStoresOfTest {
  private readonly opened: EpisodeStoreUnderTest[] = [];

  constructor(private readonly make: MakeEpisodeStore, private readonly options: EpisodeStoreContractOptions) {
    afterEach(async () => {
      for (const under of this.opened.splice(0).reverse()) await under.close();
    });
  }

  async first(): Promise<EpisodeStoreUnderTest> {
    return this.keep(await this.make());
  }

  async second(under: EpisodeStoreUnderTest): Promise<EpisodeStoreUnderTest> {
    if (under.second === undefined) throw new Error('this case needs a store that several instances share');
    return this.keep(await under.second());
  }

  async reopened(under: EpisodeStoreUnderTest): Promise<EpisodeStoreUnderTest> {
    return this.keep(await under.reopen());
  }

  /** Marks cases that need an ability: where the adapter lacks it they are shown as skipped, with the reason. */
  needing(ability: EpisodeStoreAbility): (run: () => Promise<void>) => (context: TestContext) => Promise<void> {
    const reason = this.options.lacks?.[ability];
    return (run) => async (context) => {
      if (reason !== undefined) context.skip(`not run: ${reason}`);
      await run();
    };
  }

  private keep(under: EpisodeStoreUnderTest): EpisodeStoreUnderTest {
    this.opened.push(under);
    return under;
  }
}

/** A tenant that no other test has, for stores that outlive a test. */
export function newTenantId(): string {
  return `t${randomBytes(6).toString('hex')}`;
}

/** An event id with random bits: which of two is greater is left to chance. */
export function newEventId(): string {
  const id = randomUUID();
  return `${id.slice(0, 14)}7${id.slice(15)}`;
}

const base32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function newKey(tenantId: string, agentId = 'agent-1'): EpisodeKey {
  return { tenantId, agentId, episodeId: `0${Array.from(randomBytes(25), (byte) => base32[byte % 32]).join('')}` };
}

export interface ChangeParts extends Partial<EpisodeContent> {
  readonly id?: string;
}

/** A change at a source time in microseconds; `created` and `updated` have content, with a summary where one is given, `summarized` a summary alone. */
export function change(kind: EpisodeChangeKind, key: EpisodeKey, atUs: number, parts: ChangeParts = {}): EpisodeChange {
  const { id = newEventId(), summary, contentRef = `s3://bucket/${id}`, tags = [], embeddingRef, metadataJson = '{}' } = parts;
  return {
    kind,
    key,
    guard: { sourceTsUs: atUs, eventId: id },
    content: kind === 'created' || kind === 'updated' ? { contentRef, summary, tags, embeddingRef, metadataJson } : undefined,
    summary: kind === 'summarized' ? (summary ?? `summary ${id}`) : undefined,
  };
}

/** A change that no database of PostgreSQL stores: its text holds the character 0. */
export function unstorable(key: EpisodeKey, atUs: number): EpisodeChange {
  return change('created', key, atUs, { contentRef: 's3://bucket/\u0000' });
}

export function fault(parts: Partial<EpisodeFault> = {}): EpisodeFault {
  return { code: 'EPISODE_INVALID_FIELD', field: 'agent_id', reason: 'is not an agent', eventId: newEventId(), ...parts };
}

/** A partition that this test projects into, and where it is. */
export class ProjectedPartition {
  private constructor(readonly store: EpisodeStore, public claim: PartitionClaim, public position: SourcePosition | undefined) {}

  /** Claims it, going on where it is. */
  static async claim(store: EpisodeStore, tenantId: string, partition = 0): Promise<ProjectedPartition> {
    const claim = await store.claimPartition(tenantId, partition);
    if (claim === undefined) throw new Error(`partition ${String(partition)} of ${tenantId} is held by another instance`);
    return new ProjectedPartition(store, claim, claim.position);
  }

  /** The entry of the event that follows the last one in the topic. */
  entry(result: EpisodeChange | EpisodeFault, offset = 0n, tries = 0): BatchEntry {
    const position = { epoch: 7n, sequence: (this.position?.sequence ?? 0n) + 1n + offset };
    const record = { position, type: 'continuum.episode.v1.EpisodeEvent', payload: Uint8Array.from([1, 2, Number(offset)]), sender: 'writer', timeUs: 1_700_000_000_000_000 };
    return { record, result: 'guard' in result ? { change: result } : { fault: result }, tries };
  }

  entries(results: readonly (EpisodeChange | EpisodeFault)[]): readonly BatchEntry[] {
    return results.map((result, index) => this.entry(result, BigInt(index)));
  }

  /** One batch of events that follow the last one; its outcomes, and the partition is behind them. */
  async apply(...results: readonly (EpisodeChange | EpisodeFault)[]): Promise<readonly (ProjectionOutcome | undefined)[]> {
    return this.applyEntries(this.entries(results));
  }

  async applyEntries(entries: readonly BatchEntry[], upTo: SourcePosition | undefined = entries.at(-1)?.record.position): Promise<readonly (ProjectionOutcome | undefined)[]> {
    if (upTo === undefined) throw new Error('a batch without entries needs a position');
    const { outcomes } = await this.store.applyBatch({ claim: this.claim, from: this.position, entries, upTo });
    this.position = upTo;
    return outcomes;
  }
}

/** Rows of these keys as text that is the same for equal rows, in the order of keys. */
export async function rowsOf(store: EpisodeStore, tenantId: string, keys: readonly EpisodeKey[]): Promise<readonly EpisodeRow[]> {
  return sortRows(await store.readRows(tenantId, keys));
}

export function sortRows(rows: readonly EpisodeRow[]): readonly EpisodeRow[] {
  return [...rows].sort((left, right) => (nameOf(left.key) < nameOf(right.key) ? -1 : 1));
}

export function nameOf(key: EpisodeKey): string {
  return `${key.agentId}/${key.episodeId}`;
}

/** Fails the test unless it rejects with this failure; the error. */
export async function expectFailure(promise: Promise<unknown>, failure: EpisodeStoreFailure): Promise<EpisodeStoreError> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(EpisodeStoreError);
  expect(error).toMatchObject({ failure });
  return error as EpisodeStoreError;
}
