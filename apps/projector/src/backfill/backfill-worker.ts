import { ArqonError, isArqonError } from '@arqonbus/errors';
import { isClosedError } from '@arqonbus/sdk';
import { EpisodeStoreError, type BackfillCounts, type BackfillJob, type SourcePosition } from '@arqonbus/storage/episodes';
import { WakeUp } from '../consume/wake-up.js';
import type { TenantRuntime, TenantWork } from '../tenant-runtime.js';
import { applyPart } from './apply-window.js';
import { DryRun } from './dry-run.js';
import { createBackoff, isTransient, retrying } from './retrying.js';
import { TopicWindow } from './topic-window.js';
import { entriesOf } from './window-entries.js';

/** How often a job is looked for that another instance left behind, or began: seldom, once nothing was found a few times. */
const firstLookMs = 250;
const lastLookMs = 10_000;

/** What a job ended with. `counts` are kept by the store itself unless it was a dry run. */
interface BackfillEnd {
  readonly counts?: BackfillCounts;
  readonly reason: string;
}

/**
 * Carries out the backfills of one tenant, one after the other, whichever instance was asked: a window of the topic is read strictly and applied under the
 * ordinary guards, in transactions that move the job's position too, so that any instance goes on where a killed one stopped. Works beside the
 * projection, and while that is paused too: whoever asks for a backfill means it.
 */
export function startBackfills(runtime: TenantRuntime): TenantWork & { wake(): void } {
  return new BackfillWorker(runtime);
}

class BackfillWorker implements TenantWork {
  private readonly stopped = new AbortController();
  private readonly working: Promise<void>;
  private readonly wanted = new WakeUp();
  private readonly looks = createBackoff(firstLookMs, lastLookMs);

  constructor(private readonly runtime: TenantRuntime) {
    this.working = this.work();
  }

  wake(): void {
    this.looks.reset();
    this.wanted.signal();
  }

  /** The transaction under way is finished; the job waits for the next instance. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.wanted.signal();
    await this.working;
  }

  /** Never rejects. */
  private async work(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const isWorthAnotherLook = await this.next().catch((error: unknown) => {
        if (!signal.aborted) this.lookFailed(error);
        return false;
      });
      if (isWorthAnotherLook) this.looks.reset();
      else await this.wanted.wait(this.looks.next());
    }
  }

  /** Carries out the oldest job, if there is one that no other instance has; true when one ended. */
  private async next(): Promise<boolean> {
    const { store, tenantId } = this.runtime;
    const claimed = await store.claimBackfill(tenantId);
    if (claimed === undefined) return false;
    try {
      return await this.carryOut(claimed.job);
    } finally {
      await claimed.release();
    }
  }

  private async carryOut(job: BackfillJob): Promise<boolean> {
    const { logger, tenantId } = this.runtime;
    const fields = { tenant: tenantId, backfill: job.id, is_dry_run: job.isDryRun };
    logger.info({ ...fields, from_us: job.fromUs, to_us: job.toUs, sequence: job.position?.sequence.toString() ?? '' }, 'a backfill begins');
    try {
      const end = job.isDryRun ? await this.dryRun(job) : await this.apply(job);
      if (end === undefined) return true;
      await this.end(job, end);
    } catch (error) {
      const failure = failureOf(error, this.stopped.signal);
      if (failure === undefined) throw error;
      logger.error({ ...fields, error }, 'a backfill failed');
      await this.end(job, { reason: failure.message.slice(failure.code.length + 2) }, failure.code);
    }
    return true;
  }

  /** Undefined: another instance ended it. */
  private async apply(job: BackfillJob): Promise<BackfillEnd | undefined> {
    let { position } = job;
    const window = await this.trying(() => TopicWindow.open(this.runtime.bus, job, position));
    for (;;) {
      const { records, upTo, isLast } = await this.trying(() => window.read(position, this.stopped.signal));
      if (upTo !== undefined) {
        const part = { from: position, entries: entriesOf(records, job), upTo };
        const moved = await this.applied(job, part.from, () => applyPart(this.runtime.store, job, part));
        if (moved === 'ended') return undefined;
        position = moved ?? upTo;
        // What another try applied may be a part of what was read.
        if (moved !== undefined) continue;
      }
      if (isLast) return { reason: window.remark };
    }
  }

  /** Applies until it is known to be done; another position where it turned out that the job stands there. */
  private async applied(job: BackfillJob, from: SourcePosition | undefined, apply: () => Promise<void>): Promise<SourcePosition | 'ended' | undefined> {
    const { store, tenantId } = this.runtime;
    try {
      await this.trying(apply);
      return undefined;
    } catch (error) {
      if (!(error instanceof EpisodeStoreError) || error.failure !== 'position_moved') throw error;
      const now = await this.trying(() => store.readBackfill(tenantId, job.id));
      if (now === undefined || now.ending !== undefined) return 'ended';
      if (now.position === undefined || now.position.sequence === from?.sequence) throw error;
      return now.position;
    }
  }

  private async dryRun(job: BackfillJob): Promise<BackfillEnd> {
    const { bus, store, tenantId } = this.runtime;
    const run = new DryRun(store, tenantId);
    const window = await this.trying(() => TopicWindow.open(bus, job, undefined));
    let position: SourcePosition | undefined;
    for (;;) {
      const from = position;
      const { records, upTo, isLast } = await this.trying(() => window.read(from, this.stopped.signal));
      const entries = entriesOf(records, job);
      await this.trying(() => run.take(entries));
      position = upTo ?? position;
      if (isLast) return { counts: run.counts(), reason: window.remark };
    }
  }

  /** With a code it failed. */
  private async end(job: BackfillJob, end: BackfillEnd, errorCode = ''): Promise<void> {
    const { store, tenantId, logger } = this.runtime;
    const ending = errorCode === '' ? 'done' : 'failed';
    await this.trying(() => store.endBackfill(tenantId, job.id, { ...end, ending, errorCode }));
    const counts = end.counts ?? (await this.trying(() => store.readBackfill(tenantId, job.id)))?.counts ?? job.counts;
    this.runtime.countBackfill(ending === 'done' && job.isDryRun ? 'dry_run' : ending, counts);
    logger.info({ tenant: tenantId, backfill: job.id, is_dry_run: job.isDryRun, ending, ...counts }, 'a backfill ended');
  }

  private trying<Result>(work: () => Promise<Result>): Promise<Result> {
    return retrying(this.stopped.signal, (error) => { this.failed(error); }, work);
  }

  /** Nobody asked for anything that would have to wait. */
  private lookFailed(error: unknown): void {
    if (isTransient(error)) this.runtime.logger.debug({ tenant: this.runtime.tenantId, error }, 'backfills cannot be looked for now');
    else this.failed(error);
  }

  private failed(error: unknown): void {
    this.runtime.logger.warn({ tenant: this.runtime.tenantId, error }, 'a backfill waits: the bus or the database is away');
  }
}

/** Why a job cannot be carried out, now or later; undefined where another try may. */
function failureOf(error: unknown, signal: AbortSignal): ArqonError | undefined {
  // A closed connection is an Error of its own; the next one goes on.
  if (signal.aborted || isTransient(error) || isClosedError(error)) return undefined;
  if (isArqonError(error)) return error;
  return new ArqonError('INTERNAL', { message: 'The projector failed to carry out the backfill.', cause: error });
}
