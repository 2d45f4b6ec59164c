import { createHash, generateKeyPairSync } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { waitFor } from '@arqonbus/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { command, jsonLines, testFolder } from './arqon-process.js';

const windowBytes = 65_536;
/** A token of a provider's format, made here so that none stands in the repository. */
const token = `gh${'p_'}${createHash('sha512').update('arqon inspect').digest('base64').replace(/[^A-Za-z0-9]/g, '').slice(0, 36)}`;
const detector = 'github-personal-token';
const blocked = { decision: 'block', reason_code: 'CASIL_POLICY_BLOCKED_SECRET', flags: ['secret'] };
const clean = { decision: 'allow', reason_code: '', flags: [], findings: [] };

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function inspect(args: readonly string[], input: string | Buffer = '', cwd?: string): Run {
  const run = spawnSync(process.execPath, [command, 'inspect', ...args], { input, cwd, maxBuffer: 1 << 28 });
  return { code: run.status, stdout: run.stdout.toString(), stderr: run.stderr.toString() };
}

function linesFor(...records: readonly (object | string)[]): string {
  return records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join('');
}

describe('arqon inspect --jsonl', () => {
  it('gives one object for each line in its order, with ranges in bytes of the text, and nothing else', () => {
    const text = `schlüssel ${token}, 😀 ${token}`;
    const start = Buffer.byteLength('schlüssel ');
    const second = start + token.length + Buffer.byteLength(', 😀 ');
    const run = inspect(['--jsonl'], linesFor({ id: 'b', text }, { id: 7, text: 'nothing' }, { text: token }, { id: 'c', text: '' }));
    expect(run).toMatchObject({ code: 1, stderr: '' });
    expect(jsonLines(run.stdout)).toEqual([
      { id: 'b', ...blocked, findings: [{ detector, start, end: start + token.length }, { detector, start: second, end: second + token.length }] },
      { id: 7, ...clean },
      { id: 3, ...blocked, findings: [{ detector, start: 0, end: token.length }] },
      { id: 'c', ...clean },
    ]);
    expect(run.stdout).not.toContain(token);
  });

  it('ends with 0 when all is clean, and takes no input for clean', () => {
    expect(inspect(['--jsonl'], linesFor({ text: 'a' }, { text: 'b' }))).toMatchObject({ code: 0, stderr: '' });
    expect(inspect(['--jsonl'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('answers bad lines with the reason, goes on, and ends with 2 whatever else it found', () => {
    const run = inspect(['--jsonl'], Buffer.concat([
      Buffer.from(linesFor({ id: 1, text: token }, 'not json', { id: 3 }, '', `{"text":"${'x'.repeat(9 << 20)}"}`)), Buffer.from([0x22, 0xff, 0x22, 0x0a]), Buffer.from('{"id":7,"text":"last"}'),
    ]));
    expect(run).toMatchObject({ code: 2, stderr: '' });
    expect(jsonLines(run.stdout)).toEqual([
      { id: 1, ...blocked, findings: [{ detector, start: 0, end: token.length }] },
      { line: 2, error: 'is not JSON in UTF-8' },
      { line: 3, error: 'text is missing' },
      { line: 4, error: 'is empty' },
      { line: 5, error: 'is longer than 8388608 bytes' },
      { line: 6, error: 'is not JSON in UTF-8' },
      { id: 7, ...clean },
    ]);
  });

  it('adds what is asked for: the redacted text, the time, personal data', () => {
    const run = inspect(['--jsonl', '--redact', '--timing', '--pii'], linesFor({ id: 1, text: `k=${token};` }, { id: 2, text: 'write to jane.doe@acme-bank.com today' }));
    expect(run.code).toBe(1);
    const [first, second] = jsonLines<Readonly<Record<string, unknown>>>(run.stdout);
    expect(first).toEqual({ id: 1, ...blocked, findings: [{ detector, start: 2, end: 2 + token.length }], redacted: `k=[REDACTED:${detector}];`, elapsed_us: expect.any(Number) as number });
    expect(second).toMatchObject({ decision: 'allow_with_redaction', findings: [{ start: 9, end: 31 }] });
    expect(second?.['redacted']).toMatch(/^write to \[REDACTED:[a-z-]+\] today$/);
    expect(inspect(['--jsonl'], linesFor({ text: 'write to jane.doe@acme-bank.com today' })).code).toBe(0);
  });

  it('blocks a text that is larger than what is inspected, and promises no redaction of it', () => {
    const run = inspect(['--jsonl', '--redact'], linesFor({ id: 1, text: 'word '.repeat(20_000) }));
    expect(run.code).toBe(1);
    expect(jsonLines(run.stdout)).toMatchObject([{ decision: 'block', reason_code: 'CASIL_POLICY_OVERSIZE', redacted: null }]);
  });

  it('keeps a JSON text JSON when its line says that it is one', () => {
    const text = JSON.stringify({ note: `"${token}"`, n: 1 });
    const [answer] = jsonLines<{ redacted: string }>(inspect(['--jsonl', '--redact'], linesFor({ text, type: 'application/json' })).stdout);
    expect(JSON.parse(answer.redacted)).toMatchObject({ n: 1 });
    expect(answer.redacted).not.toContain(token);
  });
});

describe('arqon inspect', () => {
  it('tells file, line and column for people, and sums up on stderr', () => {
    const folder = testFolder();
    writeFileSync(folder.file('app.log'), `first\nzweite ü ${token}\n`);
    expect(inspect(['app.log'], '', folder.path)).toEqual({ code: 1, stdout: `app.log:2:10 ${detector} block\n`, stderr: 'arqon: app.log: 1 finding, block (CASIL_POLICY_BLOCKED_SECRET), secret\n' });
    expect(inspect([], 'all is well\n')).toEqual({ code: 0, stdout: '', stderr: 'arqon: -: 0 findings, allow\n' });
    expect(inspect(['-'], token)).toMatchObject({ code: 1, stdout: `-:1:1 ${detector} block\n` });
  });

  it('finds a token wherever it stands in a text of many windows, once and at its place, with and without lines', () => {
    for (const filler of ['some words of a log line\n', 'abc;']) {
      const places = Array.from({ length: 40 }, (_, index) => Math.floor((index + 1) * windowBytes / 9) + index);
      const text = placed(filler.repeat(Math.ceil((6 * windowBytes) / filler.length)), places);
      const run = inspect(['--json'], text);
      expect(run).toMatchObject({ code: 1, stderr: '' });
      expect(JSON.parse(run.stdout)).toEqual({ id: '-', ...blocked, findings: places.map((start) => ({ detector, start, end: start + token.length })) });
      const redacted = inspect(['--redact'], text);
      expect(redacted.stdout).toBe(text.toString().replaceAll(token, `[REDACTED:${detector}]`));
      expect(redacted.stderr.match(/^-:\d+:\d+ /gm)).toHaveLength(places.length);
    }
  });

  it('finds a key of many lines at every seam, and leaves no line of it', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 4_096, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
    const starts: number[] = [];
    let text = '';
    for (let index = 0; index < 30; index += 1) {
      text += 'a line of a log between the keys\n'.repeat(200 + index * 3);
      starts.push(text.length);
      text += privateKey;
    }
    const run = JSON.parse(inspect(['--json', '--redact'], text).stdout) as { findings: { start: number }[]; redacted: string };
    expect(run.findings.map(({ start }) => start)).toEqual(starts);
    expect(privateKey.split('\n').slice(1, -2).filter((line) => run.redacted.includes(line))).toEqual([]);
  });

  it('uses the casil settings of a file, and no others', () => {
    const folder = testFolder();
    writeFileSync(folder.file('spine.yaml'), [
      'service: { port: 1 }', 'no_such_key: 1', 'casil:', '  enabled: false', '  scope: { include: [nowhere] }', '  detectors: { secrets: false }',
      '  patterns: [{ name: ticket, pattern: "ACME-[0-9]{4}" }]', '  policies: [{ name: tickets, detectors: [ticket], action: allow, flag: seen }]',
    ].join('\n'));
    const run = inspect(['--jsonl', '--config', 'spine.yaml'], linesFor({ id: 1, text: `see ACME-1234 ${token}` }), folder.path);
    expect(jsonLines(run.stdout)).toEqual([{ id: 1, decision: 'allow', reason_code: '', flags: ['pattern', 'seen'], findings: [{ detector: 'ticket', start: 4, end: 13 }] }]);
  });

  it('names every fault of the settings and ends with 2 before it reads anything', () => {
    const folder = testFolder();
    writeFileSync(folder.file('spine.yaml'), [
      'casil:', '  mode: loud', '  limits: { max_inspect_bytes: 70000 }', '  patterns:', '    - { name: worse, pattern: "(a" }', '    - { name: fine, pattern: "[0-9]{4}" }',
      '  policies: [{ name: "a b", action: maybe, other: 1 }]', '  scope: { exclude: ["Not A Room"] }', '  descriptor_sets: [missing.binpb]',
    ].join('\n'));
    const run = inspect(['--jsonl', '--config', 'spine.yaml'], linesFor({ text: token }), folder.path);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    for (const part of [
      /casil\.mode \(.*spine\.yaml:2\)/, /casil\.limits\.max_inspect_bytes \(.*:3\)/, /casil\.patterns \(.*:4\): record 1: .*worse/,
      /casil\.policies .*record 1: other is unknown.*name is .*action is one of/, /casil\.scope\.exclude .*"Not A Room"/, /casil\.descriptor_sets .*missing\.binpb cannot be read \(ENOENT\)/,
    ]) expect(run.stderr).toMatch(part);
    expect(run.stderr).toMatch(/arqon: .*spine\.yaml cannot be used: \d+ bad settings \(CONFIG_FILE\)\n$/);
  });

  it('ends with 2 for input that cannot be read', () => {
    const folder = testFolder();
    mkdirSync(folder.file('folder'));
    expect(inspect(['missing.txt'], '', folder.path)).toEqual({ code: 2, stdout: '', stderr: 'arqon: missing.txt cannot be read (ENOENT) (INPUT_FILE)\n' });
    expect(inspect(['folder', '--jsonl'], '', folder.path)).toEqual({ code: 2, stdout: '', stderr: 'arqon: folder cannot be read (EISDIR) (INPUT_FILE)\n' });
  });

  it('is quiet when its reader goes away', () => {
    const folder = testFolder();
    writeFileSync(folder.file('many.jsonl'), linesFor({ text: 'x' }).repeat(100_000));
    const run = spawnSync('sh', ['-c', `"${process.execPath}" "${command}" inspect --jsonl many.jsonl | head -1`], { cwd: folder.path, encoding: 'utf8' });
    expect([run.stdout, run.stderr]).toEqual([`${JSON.stringify({ id: 1, ...clean })}\n`, '']);
  });

  it('reads no further than its reader does', async () => {
    const lineCount = 400_000;
    const child = spawn(process.execPath, [command, 'inspect', '--jsonl'], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => { child.kill('SIGKILL'); });
    const input = Buffer.from(linesFor({ id: 'a', text: 'x'.repeat(60) }).repeat(lineCount));
    child.stdin.end(input);
    await waitFor(() => child.stdout.readableLength > 0, { timeoutMs: 45_000, what: 'the first answers' });
    let before = -1;
    await waitFor(() => {
      const now = cpuTicksOf(child.pid);
      const isIdle = now === before;
      before = now;
      return isIdle;
    }, { timeoutMs: 30_000, intervalMs: 500, what: 'the command to wait for its reader' });
    expect(child.stdin.writableLength).toBeGreaterThan(input.length / 2);
    let answers = 0;
    for await (const chunk of child.stdout) for (const byte of chunk as Buffer) if (byte === 0x0a) answers += 1;
    expect(answers).toBe(lineCount);
  });

  it('answers what has come, then ends with 130 on SIGINT', async () => {
    const child = spawn(process.execPath, [command, 'inspect', '--jsonl'], { stdio: 'pipe' });
    onTestFinished(() => { child.kill('SIGKILL'); });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => { stdout += String(chunk); });
    child.stderr.on('data', (chunk) => { stderr += String(chunk); });
    child.stdin.write(linesFor({ id: 'now', text: 'x' }));
    await waitFor(() => stdout.includes('\n'), { timeoutMs: 45_000, what: 'the answer to the first line' });
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    expect([await exit, stderr]).toEqual([130, '']);
  });
});

/** Processor time that a process has used, in ticks. */
function cpuTicksOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** The text with a token, set off by blanks, at each place. */
function placed(text: string, places: readonly number[]): Buffer {
  const bytes = Buffer.from(text);
  for (const place of places) bytes.write(` ${token} `, place - 1, 'latin1');
  return bytes;
}
