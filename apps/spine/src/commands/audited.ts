import { ArqonError } from '@arqonbus/errors';
import type { AuditEntry } from '@arqonbus/telemetry';
import type { CommandCall, CommandContext } from './command.js';

/** What is audited; who asked follows from the session. */
export type AuditedAction = Pick<AuditEntry, 'action' | 'target' | 'detail'>;

/** Writes the audit record, refusals too, before anything is done. @throws the refusal, or AUDIT_UNAVAILABLE when the record cannot be written. */
export async function audited(context: CommandContext, call: CommandCall, entry: AuditedAction, decide: () => ArqonError | undefined): Promise<void> {
  const refusal = decide();
  const { clientId, tenant } = call.session;
  const outcome = refusal === undefined ? { outcome: 'done' as const } : { outcome: 'refused' as const, code: refusal.code };
  try {
    await context.audit.append({ ...entry, actor: clientId, tenant: tenant.id, ...outcome });
  } catch (error) {
    throw new ArqonError('AUDIT_UNAVAILABLE', { cause: error });
  }
  if (refusal !== undefined) throw refusal;
}
