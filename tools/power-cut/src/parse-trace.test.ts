import { describe, expect, it } from 'vitest';
import { parseTrace } from './parse-trace.js';

const hex = (text: string): string => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const handle = (number: number, path: string): string => `${number}<${hex(path)}>`;
const cwd = `AT_FDCWD<${hex('/work')}>`;
const parse = (...lines: string[]): unknown[] => parseTrace(lines.join('\n'), ['/data/']);

describe('parseTrace()', () => {
  it('reads opens, writes at a place or where the file stands, and syncs', () => {
    const calls = parse(
      `7 openat(${cwd}, "${hex('/data/a')}", O_WRONLY|O_CREAT|O_APPEND, 0644) = ${handle(3, '/data/a')}`,
      `7 write(${handle(3, '/data/a')}, "${hex('one')}", 3) = 3`,
      `7 pwrite64(${handle(3, '/data/a')}, "${hex('two')}", 3, 10) = 3`,
      `7 pwritev2(${handle(3, '/data/a')}, [{iov_base="${hex('th')}", iov_len=2}, {iov_base="${hex('ree')}", iov_len=3}], 2, 20, RWF_HIPRI) = 5`,
      `7 fdatasync(${handle(3, '/data/a')}) = 0`,
    );
    const at = { handle: 3, path: '/data/a' };
    expect(calls).toEqual([
      { kind: 'open', begin: 0, end: 0, ...at, flags: new Set(['O_WRONLY', 'O_CREAT', 'O_APPEND']) },
      { kind: 'write', begin: 1, end: 1, ...at, offset: undefined, bytes: Buffer.from('one') },
      { kind: 'write', begin: 2, end: 2, ...at, offset: 10, bytes: Buffer.from('two') },
      { kind: 'write', begin: 3, end: 3, ...at, offset: 20, bytes: Buffer.from('three') },
      { kind: 'sync', begin: 4, end: 4, ...at },
    ]);
  });

  it('joins a call that other threads interrupted, from its beginning to its end', () => {
    const calls = parse(
      `7 fsync(${handle(3, '/data/a')} <unfinished ...>`,
      `8 write(${handle(4, '/data/b')}, "${hex('x')}", 1) = 1`,
      '7 <... fsync resumed>) = 0',
      `9 fsync(${handle(5, '/data/c')} <unfinished ...>) = ?`,
      '9 +++ killed by SIGKILL +++',
    );
    expect(calls).toMatchObject([{ kind: 'write', begin: 1, end: 1 }, { kind: 'sync', begin: 0, end: 2, path: '/data/a' }]);
  });

  it('keeps of a write what was written of it', () => {
    expect(parse(`7 write(${handle(3, '/data/a')}, "${hex('abcdef')}", 6) = 4`)).toMatchObject([{ bytes: Buffer.from('abcd') }]);
  });

  it('finds relative paths by the folder that the call names, or that the process or the one that made it went to', () => {
    const folder = `5<${hex('/data/sub')}>`;
    expect(parse(
      `7 renameat(${folder}, "${hex('a')}", ${folder}, "${hex('b')}") = 0`,
      `7 chdir("${hex('/data/x')}") = 0`,
      `7 rename("${hex('c')}", "${hex('d')}") = 0`,
      `8 rename("${hex('c')}", "${hex('d')}") = 0`,
      '7 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 9',
      `9 unlink("${hex('e')}") = 0`,
    )).toMatchObject([
      { kind: 'rename', from: '/data/sub/a', to: '/data/sub/b' }, { kind: 'rename', from: '/data/x/c', to: '/data/x/d' }, { kind: 'remove', path: '/data/x/e' },
    ]);
  });

  it('leaves out what failed and what concerns other files', () => {
    expect(parse(
      `7 fsync(${handle(3, '/data/a')}) = -1 EIO (Input/output error)`,
      `7 write(${handle(4, '/etc/a')}, "${hex('x')}", 1) = 1`,
      `7 mmap(NULL, 4096, PROT_READ, MAP_SHARED, ${handle(3, '/data/a')}, 0) = 0x7f`,
    )).toEqual([]);
  });

  it('refuses a call that it does not model on such a file, and a line that is none', () => {
    expect(() => parse(`7 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, ${handle(3, '/data/a')}, 0) = 0x7f`)).toThrow('line 1 of the trace: mmap');
    expect(() => parse(`7 copy_file_range(${handle(3, '/data/a')}, NULL, ${handle(4, '/data/b')}, NULL, 1, 0) = 1`)).toThrow('not modelled');
    expect(() => parse('7 something else')).toThrow('is no call');
    expect(() => parse('7 <... fsync resumed>) = 0')).toThrow('never began');
  });
});
