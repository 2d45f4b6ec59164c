import { readDevFile } from '../data-dir/dev-file.js';
import { dataDirOf } from '../data-dir/data-dir.js';
import type { CommandContext } from '../command-context.js';
import type { CommandLine } from '../command-line/command-line.js';

const timeoutMs = 2_000;

/** What the Spine says of the store that keeps history. */
export interface StoreStatus {
  readonly name: string;
  /** What an acknowledgement is worth. */
  readonly durability: string;
  readonly up: boolean;
  readonly reason: string;
}

/** Store of the `arqon dev` that `url` belongs to, from its Spine's admin server; undefined for other servers, which show it to their operators alone. */
export async function storeStatus(url: string, line: CommandLine, context: CommandContext): Promise<StoreStatus | undefined> {
  const running = readDevFile(dataDirOf(line.value('data-dir'), context.workingFolder));
  if (running === undefined || new URL(running.shieldUrl).href !== url) return undefined;
  try {
    const signal = AbortSignal.any([context.interruption.signal, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(`${running.spineAdminUrl}/status`, { signal });
    return storeIn(await response.json());
  } catch {
    // The rest of the status is worth showing without it.
    return undefined;
  }
}

function storeIn(body: unknown): StoreStatus | undefined {
  const { name, durability, up, reason } = fieldsOf(fieldsOf(body)['store']);
  if (typeof name !== 'string' || typeof durability !== 'string' || typeof up !== 'boolean') return undefined;
  return { name, durability, up, reason: typeof reason === 'string' ? reason : '' };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
