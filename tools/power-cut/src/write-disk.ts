import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Disk } from './rebuild-disk.js';

/** Writes the part of the disk below `from` into the folder `to`. */
export function writeDisk(disk: Disk, from: string, to: string): void {
  const inside = (path: string): string | undefined => (path.startsWith(`${from}/`) ? join(to, path.slice(from.length)) : undefined);
  for (const folder of disk.folders) {
    const path = inside(folder);
    if (path !== undefined) mkdirSync(path, { recursive: true });
  }
  for (const [file, bytes] of disk.files) {
    const path = inside(file);
    if (path === undefined) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}
