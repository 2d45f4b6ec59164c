import { ArqonError } from '@arqonbus/errors';
import { whenReady, type Session, type Topic } from '../routing/index.js';
import { audited } from './audited.js';
import type { CommandContext, CommandHandler } from './command.js';
import { requireRoomAndChannel, requireSafeNumber } from './names.js';

/**
 * erase: one event becomes a tombstone that keeps its id, sequence and place (M21); audited; needs the role admin, and no right in the room.
 * Erasing again does no harm. Who was delivered the event before keeps it.
 */
export const erase: CommandHandler<'erase'> = async (context, call, value) => {
  requireRoomAndChannel(value.room, value.channel);
  const sequence = requireSafeNumber(value.sequence, 'sequence');
  const { session } = call;
  const isAdmin = session.claims.roles.has('admin');
  if (isAdmin) await whenLocated(context, session, value);
  const find = (): Topic | undefined => context.directory.findTopic(session.tenant, value.room, value.channel);
  const target = value.channel === '' ? value.room : `${value.room}:${value.channel}`;
  const record = { action: 'event.erase', target, detail: { sequence } };
  await audited(context, call, record, () => {
    const topic = find();
    if (!isAdmin || topic === undefined) return new ArqonError('NOT_PERMITTED', { field: 'room' });
    return sequence === 0 || sequence > topic.history.lastSequence ? new ArqonError('INVALID_ARGUMENT', { field: 'sequence' }) : undefined;
  });
  const topic = find();
  const isErased = topic !== undefined && await context.history.erase(topic, sequence);
  if (!isErased) await audited(context, call, record, () => new ArqonError('HISTORY_TRIMMED', { field: 'sequence' }));
  call.reply({ case: 'done', value: {} });
};

/** A topic that this Spine has not opened yet is opened from the store. */
async function whenLocated(context: CommandContext, session: Session, names: { readonly room: string; readonly channel: string }): Promise<void> {
  const topic = await context.directory.locate(session.tenant, names.room, names.channel);
  if (topic !== undefined) await whenReady([topic]);
}
