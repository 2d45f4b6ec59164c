import { isAgentId } from '@arqonbus/continuum';
import { ArqonError } from '@arqonbus/errors';
import { BackfillRequestSchema, BackfillStatusSchema, GetBackfillRequestSchema, type BackfillRequest } from '@arqonbus/proto';
import type { BackfillJob } from '@arqonbus/storage/episodes';
import { backfillStatusOf } from './answer-messages.js';
import { readTimeUs, readUuid } from './arguments.js';
import { operationOf } from './operation.js';

/** Backfills of one tenant that may wait: they are carried out one after the other. */
const maxRunning = 16;

/** projector.backfill */
export const startBackfill = operationOf(BackfillRequestSchema, BackfillStatusSchema, async (runtime, args) => {
  const { store, tenantId } = runtime;
  const wanted = { tenantId, ...readRequest(args) };
  const known = await store.readBackfill(tenantId, wanted.id);
  if (known === undefined) {
    const newest = await store.listBackfills(tenantId, maxRunning);
    if (newest.filter(({ ending }) => ending === undefined).length >= maxRunning) {
      throw new ArqonError('LIMIT', { field: 'backfill_id', message: `${String(maxRunning)} backfills of the tenant are waiting or running.` });
    }
  }
  const job = known ?? await store.startBackfill(wanted);
  if (!isSame(job, wanted)) throw new ArqonError('INVALID_ARGUMENT', { field: 'backfill_id', message: 'Another backfill has this id.' });
  runtime.backfillRequested();
  return backfillStatusOf(job);
});

/** projector.backfill.status */
export const getBackfill = operationOf(GetBackfillRequestSchema, BackfillStatusSchema, async ({ store, tenantId }, args) => {
  const job = await store.readBackfill(tenantId, readUuid(args.backfillId, 'backfill_id'));
  if (job === undefined) throw new ArqonError('UNKNOWN_BACKFILL', { field: 'backfill_id' });
  return backfillStatusOf(job);
});

type BackfillWindow = Pick<BackfillJob, 'id' | 'fromUs' | 'toUs' | 'agentId' | 'isDryRun'>;

function readRequest(args: BackfillRequest): BackfillWindow {
  const id = readUuid(args.backfillId, 'backfill_id');
  const fromUs = readTimeUs(args.from, 'from');
  const toUs = readTimeUs(args.to, 'to');
  if (fromUs >= toUs) throw new ArqonError('INVALID_ARGUMENT', { field: 'to', message: 'to is not after from.' });
  if (args.agentId !== '' && !isAgentId(args.agentId)) throw new ArqonError('INVALID_ARGUMENT', { field: 'agent_id', message: 'agent_id is no id of an agent.' });
  return { id, fromUs, toUs, agentId: args.agentId, isDryRun: args.dryRun };
}

function isSame(job: BackfillWindow, wanted: BackfillWindow): boolean {
  return job.fromUs === wanted.fromUs && job.toUs === wanted.toUs && job.agentId === wanted.agentId && job.isDryRun === wanted.isDryRun;
}
