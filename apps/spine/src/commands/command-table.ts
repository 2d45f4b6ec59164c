import { call } from './call.js';
import { channelInfo, createChannel, deleteChannel, listChannels } from './channels.js';
import type { CommandName, CommandRow } from './command.js';
import { erase } from './erase.js';
import { historyGet } from './history-get.js';
import { historyReplay } from './history-replay.js';
import { join, leave } from './join.js';
import { ping, refreshToken, status } from './service-commands.js';
import { taskAck } from './task-ack.js';

/** Every command of the protocol, with what it needs (docs/protocol.md, Commands). */
export const commandTable: { readonly [Name in CommandName]: CommandRow<Name> } = {
  ping: { summary: 'Measures the way to the Spine and back; answers with the server time.', needs: 'a session', run: ping },
  join: { summary: 'Follows a channel, a whole room or the own inbox, optionally from a position; or works in a group of a channel.', needs: 'subscribe', run: join },
  leave: { summary: 'Stops following.', needs: 'a session', run: leave },
  status: { summary: 'Tells the state of the server and of the session.', needs: 'a session', run: status },
  listChannels: { summary: 'Lists the channels of a room that the token may join.', needs: 'subscribe', run: listChannels },
  channelInfo: { summary: 'Tells head, subscribers and history of a channel.', needs: 'subscribe', run: channelInfo },
  createChannel: { summary: 'Creates a channel and its room.', needs: 'publish', run: createChannel },
  deleteChannel: { summary: 'Empties a channel; the next event starts a new epoch.', needs: 'publish and the role operator', run: deleteChannel },
  historyGet: { summary: 'Reads one page of history.', needs: 'subscribe', run: historyGet },
  historyReplay: { summary: 'Replays history strictly, at a pace.', needs: 'subscribe', run: historyReplay },
  help: {
    summary: 'Lists the commands.', needs: 'a session',
    run: (_context, call) => {
      const entries = Object.entries(commandTable).map(([name, row]) => ({ command: snakeCase(name), summary: row.summary, needs: row.needs }));
      call.reply({ case: 'help', value: { entries } });
    },
  },
  refreshToken: { summary: 'Replaces the token of the session.', needs: 'a token of the same issuer, client and tenant', run: refreshToken },
  taskAck: { summary: 'Ends or returns the lease of a task.', needs: 'membership of the group', run: taskAck },
  call: { summary: 'Calls an operation of a service, which answers as a request is answered.', needs: 'the role admin', run: call },
  erase: { summary: 'Replaces one event by a tombstone.', needs: 'the role admin', run: erase },
};

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
