import type { CommandHandler } from './command.js';

/** task_ack: ends the lease of a task that the session holds; with `nack` the task goes back to the group. */
export const taskAck: CommandHandler<'taskAck'> = (context, call, { id, nack, retryAfterMs }) => {
  context.groups.acknowledge(call.session, id, { nack, retryAfterMs });
  call.reply({ case: 'done', value: {} });
};
