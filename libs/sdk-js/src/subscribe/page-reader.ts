import type { CommandClient } from '../command-client.js';
import type { WaitOptions } from '../deadline.js';
import type { PageReader } from './history-fill.js';

/** Reads pages by the command history_get. */
export function pageReader(core: { readonly commands: CommandClient }, wait: WaitOptions): PageReader {
  return {
    page: (window) => core.commands.send({
      build: () => ({ kind: 'history', window }),
      read: (body, page) => (body.kind === 'history' ? { batches: [...page], nextSequence: body.nextSequence, complete: body.complete, epoch: body.epoch } : undefined),
    }, wait),
  };
}
