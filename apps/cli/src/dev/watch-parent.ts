import { readTextFile } from '../data-dir/private-file.js';

const pollMs = 250;
/** Under npm the way to this process is caller → npm or npx → sh → arqon. */
const npmLinkCount = 3;

/** A process and the one that started it. */
interface ParentLink {
  readonly child: number;
  readonly parent: number;
}

export interface WatchParentOptions {
  /** Process that started this one, as seen when this one began. */
  readonly parentPid: number;
  /** Started by npm or npx: they and their caller count as parents too, because neither they nor the shell between passes on that they were killed. */
  readonly isUnderNpm: boolean;
}

/** Calls back once when a process that this one was started by is gone. Returns what ends the watch. */
export function watchParent(options: WatchParentOptions, onGone: () => void): () => void {
  const links = parentLinks(options);
  const timer = setInterval(() => {
    if (links.every(isIntact)) return;
    clearInterval(timer);
    onGone();
  }, pollMs);
  return () => clearInterval(timer);
}

function parentLinks({ parentPid, isUnderNpm }: WatchParentOptions): ParentLink[] {
  const links: ParentLink[] = [{ child: process.pid, parent: parentPid }];
  for (let child = parentPid; isUnderNpm && links.length < npmLinkCount && child > 1;) {
    const parent = parentOf(child);
    // Handed to init before this began: nobody is left to end with.
    if (parent === undefined || parent <= 1) break;
    links.push({ child, parent });
    child = parent;
  }
  return links;
}

/** A process whose parent ends gets another at once, also while the dead one waits to be reaped and its number is still taken. */
function isIntact({ child, parent }: ParentLink): boolean {
  return parentOf(child) === parent;
}

/** Parent of a process; of others than this one only where the system has /proc (proc(5), field 4). */
function parentOf(pid: number): number | undefined {
  if (pid === process.pid) return process.ppid;
  try {
    const stat = readTextFile(`/proc/${pid}/stat`);
    // The second field may hold blanks and brackets: fields are counted after its closing bracket.
    return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // The process ended while it was read.
    return undefined;
  }
}
