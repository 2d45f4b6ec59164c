import { join } from 'node:path';
import type { FileCall } from './file-call.js';

/** System calls that parseTrace needs to see; the last ones only to find out that a program uses them on the files. */
export const tracedCalls = [
  'open', 'openat', 'creat', 'write', 'pwrite64', 'writev', 'pwritev', 'pwritev2', 'lseek', 'truncate', 'ftruncate', 'fallocate', 'fsync', 'fdatasync',
  'chdir', 'clone', 'clone3', 'fork', 'vfork', 'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'mkdir', 'mkdirat', 'rmdir',
  'mmap', 'sendfile', 'copy_file_range', 'splice', 'link', 'linkat', 'symlinkat', 'io_uring_setup', 'io_submit',
] as const;

interface Line {
  readonly pid: string;
  readonly name: string;
  readonly args: string;
  /** What stands behind the equals sign. */
  readonly result: string;
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads what `strace -f -y -xx` wrote and keeps what concerns files in folders (or with paths) that begin with one of `prefixes`, in the order in which the calls
 * ended. Pure. Throws Error for a call on such a file whose effect is not modelled, and for a line it cannot read.
 */
export function parseTrace(trace: string, prefixes: readonly string[]): FileCall[] {
  const marks = prefixes.map(hexOf);
  const concerns = (text: string): boolean => marks.some((mark) => text.includes(mark));
  const workingFolders = new Map<string, string>();
  return completeLines(trace).flatMap((read) => {
    noteWorkingFolder(workingFolders, read);
    const line = { ...read, args: withFolder(read, workingFolders.get(read.pid)) };
    if (!concerns(line.args) && !concerns(line.result)) return [];
    if (line.result.startsWith('-1') || line.result.startsWith('?')) return [];
    const call = callOf(line);
    return call === undefined ? [] : [call].filter((one) => concerns(hexOf('path' in one ? one.path : `${one.from}${one.to}`)));
  });
}

/** Lines of calls that came to an end, those that were interrupted by other threads put together. */
function completeLines(trace: string): Line[] {
  const open = new Map<string, { readonly text: string; readonly begin: number }>();
  const found: Line[] = [];
  trace.split('\n').forEach((text, index) => {
    const [, pid, rest] = /^(\d+)\s+(.*)$/s.exec(text) ?? [];
    if (pid === undefined || rest === undefined || rest.startsWith('+++') || rest.startsWith('---')) return;
    if (rest.endsWith('<unfinished ...>')) {
      open.set(pid, { text: rest.slice(0, -'<unfinished ...>'.length), begin: index });
      return;
    }
    const resumed = /^<\.\.\. \w+ resumed>/.exec(rest)?.[0];
    const start = resumed === undefined ? undefined : open.get(pid);
    if (resumed !== undefined) open.delete(pid);
    if (resumed !== undefined && start === undefined) throw new Error(`line ${index + 1} of the trace resumes what never began`);
    const whole = start === undefined || resumed === undefined ? rest : start.text + rest.slice(resumed.length);
    found.push({ ...readLine(whole, start?.begin ?? index, index), pid });
  });
  return found;
}

function readLine(text: string, begin: number, end: number): Omit<Line, 'pid'> {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(' = ');
  if (open < 0 || close < 0) throw new Error(`line ${end + 1} of the trace is no call: ${text.slice(0, 80)}`);
  return { name: text.slice(0, open), args: text.slice(open + 1, text.lastIndexOf(')', close)).trim(), result: text.slice(close + 3), begin, end };
}

/** Processes begin in the folder of the one that made them. */
function noteWorkingFolder(folders: Map<string, string>, { name, pid, args, result }: Line): void {
  const own = folders.get(pid);
  if (name === 'chdir' && result === '0') folders.set(pid, pathsOf(args)[0] ?? '');
  else if (/^(clone3?|v?fork)$/.test(name) && own !== undefined && !folders.has(result)) folders.set(result, own);
}

/** Calls that take mere paths do not say in which folder relative ones begin: it is put before them, as the other calls have it. */
function withFolder({ name, args }: Line, folder: string | undefined): string {
  if (folder === undefined || !['rename', 'unlink', 'mkdir', 'rmdir', 'truncate', 'link'].includes(name)) return args;
  return args.replaceAll(/"[^"]*"/g, (path) => `<${hexOf(folder)}>, ${path}`);
}

function callOf(line: Line): FileCall | undefined {
  const { name, args, result, begin, end } = line;
  const at = { begin, end };
  switch (name) {
    case 'open': case 'openat': case 'creat': {
      const flags = name === 'creat' ? ['O_WRONLY', 'O_CREAT', 'O_TRUNC'] : (/\bO_[A-Z|_]+/.exec(args)?.[0] ?? '').split('|');
      return { ...at, ...handleOf(result), kind: 'open', flags: new Set(flags) };
    }
    case 'write': case 'writev': case 'pwrite64': case 'pwritev': case 'pwritev2': return writeOf(line);
    case 'lseek': return { ...at, ...handleOf(args), kind: 'seek', offset: Number(result) };
    case 'ftruncate': return { ...at, ...handleOf(args), kind: 'truncate', length: numberAt(args, 1) };
    case 'fallocate': {
      if (argument(args, 1) !== '0') throw notModelled(line);
      return { ...at, ...handleOf(args), kind: 'extend', length: numberAt(args, 2) + numberAt(args, 3) };
    }
    case 'fsync': case 'fdatasync': return { ...at, ...handleOf(args), kind: 'sync' };
    case 'rename': case 'renameat': case 'renameat2': {
      if (/RENAME_(EXCHANGE|WHITEOUT)/.test(args)) throw notModelled(line);
      const [from = '', to = ''] = pathsOf(args);
      return { ...at, kind: 'rename', from, to };
    }
    case 'unlink': case 'unlinkat': case 'rmdir': return { ...at, kind: 'remove', path: pathsOf(args)[0] ?? '' };
    case 'mkdir': case 'mkdirat': return { ...at, kind: 'folder', path: pathsOf(args)[0] ?? '' };
    case 'mmap': {
      if (args.includes('MAP_SHARED') && args.includes('PROT_WRITE')) throw notModelled(line);
      return undefined;
    }
    case 'chdir': case 'clone': case 'clone3': case 'fork': case 'vfork': return undefined;
    default: throw notModelled(line);
  }
}

function writeOf(line: Line): FileCall {
  const { name, args, result, begin, end } = line;
  const written = Number(result);
  const bytes = Buffer.concat([...args.matchAll(/"([^"]*)"/g)].map(([, hex]) => bytesOf(hex ?? ''))).subarray(0, written);
  if (bytes.length !== written) throw new Error(`line ${end + 1} of the trace does not have all ${written} bytes`);
  // The place is the last argument; pwritev2 has flags behind it.
  const place = args.split(', ').at(name === 'pwritev2' ? -2 : -1);
  return { begin, end, ...handleOf(args), kind: 'write', offset: name.startsWith('p') ? Number(place) : undefined, bytes };
}

function handleOf(text: string): { handle: number; path: string } {
  const [, handle, hex, isDeleted] = /^(\d+)<([^>]*)>(\(deleted\))?/.exec(text) ?? [];
  // Writes to a file without a name are to no file of the disk.
  return { handle: Number(handle), path: isDeleted === undefined ? textOf(hex ?? '') : '' };
}

/** Paths among the arguments, made absolute by the folder that stands before them. */
function pathsOf(args: string): string[] {
  return [...args.matchAll(/(?:<([^>]*)>, )?"([^"]*)"/g)].map(([, folder, path]) => {
    const text = textOf(path ?? '');
    return text.startsWith('/') ? text : join(textOf(folder ?? ''), text);
  });
}

function argument(args: string, index: number): string {
  return args.split(', ')[index] ?? '';
}

function numberAt(args: string, index: number): number {
  const value = Number(argument(args, index));
  if (!Number.isSafeInteger(value)) throw new Error(`argument ${index + 1} of ${args.slice(0, 80)} is no number`);
  return value;
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
}

function textOf(hex: string): string {
  return hex.startsWith('\\x') ? bytesOf(hex).toString() : hex;
}

function hexOf(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

function notModelled(line: Line): Error {
  return new Error(`line ${line.end + 1} of the trace: ${line.name} on a recorded file is not modelled`);
}
