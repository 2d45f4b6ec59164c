import type { FileCall } from './file-call.js';
import { FileBytes } from './file-bytes.js';

/** Files and folders by path, as they are found after the power came back. */
export interface Disk {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly folders: readonly string[];
}

export interface CutOptions {
  /** Line of the trace at which the power fails: what ended before it had happened. */
  readonly at: number;
  /** Which changes reached the disk although no sync had confirmed them; `index` counts the changes of the trace. Default: none. */
  readonly keeps?: (index: number) => boolean;
}

type Change = Extract<FileCall, { kind: 'write' | 'truncate' | 'extend' }>;

interface OpenFile {
  offset: number;
  readonly flags: ReadonlySet<string>;
}

/** A file: what a sync has confirmed, and the changes since. */
class RecordedFile {
  readonly confirmed = new FileBytes();
  length = 0;
  private pending: { readonly change: Change; readonly offset: number; readonly index: number }[] = [];

  change(change: Change, offset: number, index: number): void {
    if (change.kind === 'write') this.length = Math.max(this.length, offset + change.bytes.length);
    else this.length = change.kind === 'truncate' ? change.length : Math.max(this.length, change.length);
    this.pending.push({ change, offset, index });
  }

  /** Confirms what had ended before line `begin`. */
  sync(begin: number): void {
    for (const { change, offset } of this.pending) if (change.end < begin) apply(this.confirmed, change, offset);
    this.pending = this.pending.filter(({ change }) => change.end >= begin);
  }

  afterCut(keeps: (index: number) => boolean): Uint8Array {
    for (const { change, offset, index } of this.pending) if (keeps(index)) apply(this.confirmed, change, offset);
    return this.confirmed.toBytes();
  }
}

function apply(bytes: FileBytes, change: Change, offset: number): void {
  if (change.kind === 'write') bytes.write(offset, change.bytes);
  else if (change.kind === 'truncate') bytes.truncate(change.length);
  else bytes.extend(change.length);
}

/**
 * The disk after a power cut. A change of a file counts once a sync of that file that began after it has ended, or when the file was opened
 * with O_SYNC or O_DSYNC; everything else is dropped, whatever its order. sync_file_range confirms nothing, as its manual says. Names are taken
 * leniently: a file created, renamed or removed is so at once, whether its folder was synced or not. Pure.
 */
export function rebuildDisk(calls: readonly FileCall[], { at, keeps = () => false }: CutOptions): Disk {
  const model = new DiskModel();
  for (const call of calls) if (call.end < at) model.take(call);
  return model.afterCut(keeps);
}

class DiskModel {
  private readonly files = new Map<string, RecordedFile>();
  private readonly folders = new Set<string>();
  private readonly opened = new Map<string, OpenFile>();
  private changesCount = 0;

  take(call: FileCall): void {
    switch (call.kind) {
      case 'folder': this.folders.add(call.path); return;
      case 'remove': this.remove(call.path); return;
      case 'rename': this.rename(call.from, call.to); return;
      case 'open': this.open(call); return;
      case 'seek': {
        const open = this.opened.get(openKey(call));
        if (open !== undefined) open.offset = call.offset;
        return;
      }
      case 'sync': this.files.get(call.path)?.sync(call.begin); return;
      case 'write': case 'truncate': case 'extend': this.change(call);
    }
  }

  afterCut(keeps: (index: number) => boolean): Disk {
    return { files: new Map([...this.files].map(([path, file]) => [path, file.afterCut(keeps)])), folders: [...this.folders] };
  }

  private open(call: Extract<FileCall, { kind: 'open' }>): void {
    if (call.flags.has('O_DIRECTORY') || this.folders.has(call.path)) return;
    this.opened.set(openKey(call), { offset: 0, flags: call.flags });
    const file = this.files.get(call.path);
    if (file === undefined) {
      // What is only read is no file that the program has written.
      if (call.flags.has('O_CREAT')) this.files.set(call.path, new RecordedFile());
    } else if (call.flags.has('O_TRUNC')) {
      file.change({ ...call, kind: 'truncate', length: 0 }, 0, this.changesCount++);
    }
  }

  private change(call: Change): void {
    if (call.path === '') return;
    const file = this.files.get(call.path);
    if (file === undefined) throw new Error(`line ${call.end + 1} of the trace changes ${call.path}, which was there before the recording`);
    const open = this.opened.get(openKey(call));
    file.change(call, this.offsetOf(call, file, open), this.changesCount++);
    if (open?.flags.has('O_SYNC') === true || open?.flags.has('O_DSYNC') === true) file.sync(call.end + 1);
  }

  private offsetOf(call: Change, file: RecordedFile, open: OpenFile | undefined): number {
    if (call.kind !== 'write') return 0;
    if (call.offset !== undefined) return call.offset;
    if (open === undefined) throw new Error(`line ${call.end + 1} of the trace writes to ${call.path}, which nobody opened`);
    if (open.flags.has('O_APPEND')) return file.length;
    // Reads are not recorded, and would move the place.
    if (open.flags.has('O_RDWR')) throw new Error(`line ${call.end + 1} of the trace writes to ${call.path} at a place that is not known`);
    const { offset } = open;
    open.offset += call.bytes.length;
    return offset;
  }

  private remove(path: string): void {
    this.files.delete(path);
    this.folders.delete(path);
  }

  private rename(from: string, to: string): void {
    for (const path of [...this.files.keys()].filter((one) => one === from || one.startsWith(`${from}/`))) {
      const file = this.files.get(path);
      this.files.delete(path);
      if (file !== undefined) this.files.set(to + path.slice(from.length), file);
    }
    for (const path of [...this.folders].filter((one) => one === from || one.startsWith(`${from}/`))) {
      this.folders.delete(path);
      this.folders.add(to + path.slice(from.length));
    }
    for (const [key, open] of [...this.opened]) {
      const [handle = '', path = ''] = key.split(/ (.*)/s);
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.opened.delete(key);
      this.opened.set(`${handle} ${to}${path.slice(from.length)}`, open);
    }
  }
}

function openKey({ handle, path }: { readonly handle: number; readonly path: string }): string {
  return `${handle} ${path}`;
}
