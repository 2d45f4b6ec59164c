import { readFileSync } from 'node:fs';
import { findOnPath } from '@arqonbus/services';

/** Cores for the server under test and for the load generator; `undefined` when not pinned. */
export interface Placement {
  readonly serverCore: number | undefined;
  readonly generatorCore: number | undefined;
  readonly description: string;
}

/** One core each, where `taskset` exists and this process may use two. */
export function choosePlacement(): Placement {
  const cores = findOnPath('taskset') === undefined ? [] : allowedCores();
  if (cores.length < 2) return { serverCore: undefined, generatorCore: undefined, description: 'server and load generator not pinned to cores' };
  return { serverCore: cores[0], generatorCore: cores[1], description: 'server pinned to one core, load generator to another' };
}

function allowedCores(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return list === undefined ? [] : parseCoreList(list);
  } catch {
    return [];
  }
}

/** Numbers of a kernel list such as `0-2,5`. */
export function parseCoreList(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  });
}
