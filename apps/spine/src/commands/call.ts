import { create, toBinary } from '@bufbuild/protobuf';
import { callsRoom, canCall } from '@arqonbus/auth';
import { encodeEventEntry } from '@arqonbus/envelope';
import { ArqonError, isArqonError } from '@arqonbus/errors';
import { CallSchema } from '@arqonbus/proto';
import { isFollowedByOthers, type Session } from '../routing/index.js';
import { audited } from './audited.js';
import type { CommandContext, CommandHandler } from './command.js';

/** A service, then one part or more that name its operation. */
const operationName = /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/;
const maxNameBytes = 128;

/**
 * call: the operation reaches its service as an event of the caller in the channel `sys.calls:<service>`, under the id of the command, so
 * that whoever follows it answers as any request. Audited, arguments left out; needs the role admin, and no right in the room.
 */
export const call: CommandHandler<'call'> = async (context, command, value) => {
  if (value.name.length > maxNameBytes || !operationName.test(value.name)) throw new ArqonError('INVALID_ARGUMENT', { field: 'name' });
  const { session } = command;
  const service = value.name.slice(0, value.name.indexOf('.'));
  const entry = encodeEventEntry({ id: command.requestId, type: CallSchema.typeName, payload: toBinary(CallSchema, create(CallSchema, { name: value.name, args: value.args })) });
  const record = { action: 'call', target: value.name };
  await audited(context, command, record, () => {
    if (!canCall(session.claims)) return new ArqonError('NOT_PERMITTED', { field: 'name' });
    if (entry.length > context.limits.maxEnvelopeBytes) return new ArqonError('ENVELOPE_TOO_LARGE', { field: 'args' });
    return mayBeServed(context, session, service) ? undefined : new ArqonError('NO_RESPONDERS', { field: 'name' });
  });
  try {
    await context.publisher.publish(context.directory.openTopic(session.tenant, callsRoom, service), entry, session.sender);
  } catch (error) {
    // The record says that it was done: one more says that it was not.
    if (isArqonError(error)) await audited(context, command, record, () => error);
    throw error;
  }
  command.reply({ case: 'done', value: {} });
};

/** False where nobody is there to answer, for sure: no topic comes into being for a call to nobody. */
function mayBeServed({ directory, isFollowedElsewhere }: CommandContext, session: Session, service: string): boolean {
  const { tenant } = session;
  const topic = directory.findTopic(tenant, callsRoom, service);
  if (isFollowedElsewhere({ tenant: tenant.id, room: callsRoom, channel: service })) return true;
  return isFollowedByOthers(session, tenant.rooms.get(callsRoom), topic);
}
