import { describe, expect, it } from 'vitest';
import type { FileCall } from './file-call.js';
import { rebuildDisk } from './rebuild-disk.js';

/** A call that takes place at its line, unless it says otherwise. */
type Step<Call> = Call extends FileCall ? Omit<Call, 'begin' | 'end'> & { readonly begin?: number; readonly end?: number } : never;

function calls(...steps: Step<FileCall>[]): FileCall[] {
  return steps.map((step, index) => ({ begin: index, end: index, ...step }));
}
const file = { handle: 3, path: '/d/a' };
const open = (...flags: string[]) => ({ kind: 'open', ...file, flags: new Set(['O_CREAT', ...flags]) }) as const;
const write = (text: string, offset?: number) => ({ kind: 'write', ...file, offset, bytes: Buffer.from(text) }) as const;
const truncate = (length: number) => ({ kind: 'truncate', ...file, length }) as const;
const sync = { kind: 'sync', ...file } as const;

function textAfter(steps: FileCall[], at = Infinity, keeps?: (index: number) => boolean): Record<string, string> {
  const { files } = rebuildDisk(steps, { at, ...(keeps === undefined ? {} : { keeps }) });
  return Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
}

describe('rebuildDisk()', () => {
  it('has what was synced, and nothing that was written after the last sync', () => {
    const steps = calls(open('O_APPEND'), write('one'), sync, write('two'));
    expect(textAfter(steps)).toEqual({ '/d/a': 'one' });
  });

  it('leaves a file that was never synced empty', () => {
    expect(textAfter(calls(open('O_APPEND'), write('one')))).toEqual({ '/d/a': '' });
  });

  it('has nothing of what ended at or after the cut', () => {
    const steps = calls(open('O_APPEND'), write('one'), sync, write('two'), sync);
    expect([2, 3, 4, 5].map((at) => textAfter(steps, at)['/d/a'])).toEqual(['', 'one', 'one', 'onetwo']);
  });

  it('counts a sync that had not ended at the cut for nothing', () => {
    const steps = calls(open('O_APPEND'), write('one'), { ...sync, begin: 2, end: 9 });
    expect(textAfter(steps, 9)).toEqual({ '/d/a': '' });
    expect(textAfter(steps, 10)).toEqual({ '/d/a': 'one' });
  });

  it('does not let a sync confirm a write that ended after the sync began', () => {
    const steps = calls(open('O_APPEND'), write('one'), { ...write('two'), begin: 2, end: 4 }, { ...sync, begin: 3, end: 5 });
    expect(textAfter(steps)).toEqual({ '/d/a': 'one' });
  });

  it('syncs each file for itself', () => {
    const other = { handle: 4, path: '/d/b' };
    expect(textAfter(calls(open('O_APPEND'), { ...open('O_APPEND'), ...other }, write('a'), { ...write('b'), ...other }, sync))).toEqual({ '/d/a': 'a', '/d/b': '' });
  });

  it('writes at places, where the file stands, and behind seeks; holes are zeros', () => {
    expect(textAfter(calls(open('O_WRONLY'), write('abc'), write('def'), { kind: 'seek', ...file, offset: 1 }, write('X'), write('!', 8), sync))).toEqual({ '/d/a': 'aXcdef\0\0!' });
  });

  it('drops a shortening that was not synced, and makes one that was', () => {
    const steps = calls(open('O_APPEND'), write('abc'), sync, truncate(1), write('Z'), sync);
    expect(textAfter(steps, 5)).toEqual({ '/d/a': 'abc' });
    expect(textAfter(steps)).toEqual({ '/d/a': 'aZ' });
    expect(textAfter(calls(open(), write('abc', 0), sync, open('O_TRUNC')))).toEqual({ '/d/a': 'abc' });
  });

  it('takes writes to a file opened with O_SYNC as confirmed', () => {
    expect(textAfter(calls(open('O_WRONLY', 'O_SYNC'), write('abc')))).toEqual({ '/d/a': 'abc' });
  });

  it('renames and removes at once, open files and those in folders included', () => {
    const [other, moved] = [{ handle: 4, path: '/d/b' }, { path: '/e/a' }];
    const steps = calls(
      { kind: 'folder', path: '/d' }, open('O_WRONLY'), write('one'), { ...open('O_WRONLY'), ...other }, { kind: 'rename', from: '/d', to: '/e' },
      { ...write('two'), ...moved }, { ...sync, ...moved }, { kind: 'remove', path: '/e/b' },
    );
    expect(textAfter(steps)).toEqual({ '/e/a': 'onetwo' });
    expect(rebuildDisk(steps, { at: Infinity }).folders).toEqual(['/e']);
  });

  it('keeps the unsynced changes that are asked for', () => {
    const steps = calls(open('O_APPEND'), write('a'), sync, write('b'), write('c'), write('d'));
    expect(textAfter(steps, Infinity, (index) => index === 2)).toEqual({ '/d/a': 'a\0c' });
  });

  it('refuses a write whose place or file it cannot know', () => {
    expect(() => textAfter(calls(write('a')))).toThrow('was there before the recording');
    expect(() => textAfter(calls(open(), { ...write('a'), handle: 9 }))).toThrow('which nobody opened');
    expect(() => textAfter(calls(open('O_RDWR'), write('a')))).toThrow('at a place that is not known');
  });
});
