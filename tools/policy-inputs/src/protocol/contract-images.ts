import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { readKept, writeKept } from '../kept-file.js';
import { runGit, type Workspace } from '../workspace.js';

export const BASELINE_IMAGE = 'policies/data/baselines/descriptor.binpb';

/** One finding of `buf lint` or `buf breaking`. */
export interface BufFinding {
  readonly path: string;
  readonly line: number;
  readonly type: string;
  readonly message: string;
}

/** The contract as built by buf, now and at what it is compared with. Images are serialized FileDescriptorSets with comments. */
export interface ContractImages {
  /** Empty when the contract does not build. */
  readonly now: Uint8Array;
  /** What buf says of a contract that does not build; empty when it does. */
  readonly fault: string;
  readonly lint: readonly BufFinding[];
  readonly breaking: readonly BufFinding[];
  /** The contract at the base commit, or at HEAD when the files differ from it; undefined when there is nothing to compare with. */
  readonly changeBase: Uint8Array | undefined;
}

interface Kept {
  readonly key: string;
  readonly now: string;
  readonly fault: string;
  readonly lint: readonly BufFinding[];
  readonly breaking: readonly BufFinding[];
  readonly changeBase: string;
}

interface BufResult { readonly status: number | null; readonly out: Buffer; readonly error: string }

const BUF_ENTRY = 'node_modules/@bufbuild/buf/bin/buf';
const CONFIG = 'buf.yaml';
/** Exit code of buf for findings. */
const FOUND = 100;

async function runBuf(root: string, cwd: string, args: readonly string[]): Promise<BufResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, BUF_ENTRY), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const error: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => out.push(part));
    child.stderr.on('data', (part: Buffer) => error.push(part));
    child.on('error', reject);
    child.on('close', (status) => { resolve({ status, out: Buffer.concat(out), error: Buffer.concat(error).toString().trim() }); });
  });
}

function readFindings(result: BufResult, what: string): BufFinding[] {
  if (result.status !== 0 && result.status !== FOUND) throw new Error(`buf ${what}: ${result.error || result.out.toString()}`);
  return result.out.toString().split('\n').filter((line) => line !== '').map((line) => {
    const found = JSON.parse(line) as { path?: string; start_line?: number; type: string; message: string };
    return { path: found.path ?? CONFIG, line: found.start_line ?? 1, type: found.type, message: found.message };
  });
}

/** Blob ids by path of the contract's files at a commit. */
function listContract(root: string, commit: string): Map<string, string> {
  const listed = runGit(root, ['ls-tree', '-r', '-z', commit, '--', 'proto', CONFIG]).toString();
  const entries = listed.split('\0').filter((line) => line !== '').map((line): [string, string] => {
    const [about = '', path = ''] = line.split('\t');
    return [path, about.split(' ')[2] ?? ''];
  });
  return new Map(entries.filter(([path]) => path === CONFIG || path.endsWith('.proto')));
}

function blobId(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${String(content.length)}\0`).update(content).digest('hex');
}

/** Paths of the contract's sources as they are now. */
export function contractFiles(workspace: Workspace): string[] {
  return workspace.files.map(({ path }) => path).filter((path) => path === CONFIG || (path.startsWith('proto/') && path.endsWith('.proto')));
}

/** Files to compare with, by path; undefined when they are those of now, or there are none. */
function baseFiles(workspace: Workspace, paths: readonly string[]): Map<string, string> | undefined {
  const commit = workspace.changeCommit();
  if (commit === undefined) return undefined;
  const base = listContract(workspace.root, commit);
  const isSame = base.size === paths.length && paths.every((path) => base.get(path) === blobId(workspace.readBytes(path)));
  return isSame || ![...base.keys()].some((path) => path.endsWith('.proto')) ? undefined : base;
}

async function buildImage(root: string, cwd: string): Promise<{ image: Buffer; fault: string }> {
  const { status, out, error } = await runBuf(root, cwd, ['build', '--as-file-descriptor-set', '-o', '-']);
  return status === 0 ? { image: out, fault: '' } : { image: Buffer.alloc(0), fault: error || `buf build ended with ${String(status)}` };
}

async function buildAtBase(workspace: Workspace, files: ReadonlyMap<string, string>): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'arqon-contract-base-'));
  try {
    for (const [path, blob] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), runGit(workspace.root, ['cat-file', 'blob', blob]));
    }
    const { image, fault } = await buildImage(workspace.root, folder);
    if (fault !== '') throw new Error(`The contract at the base does not build: ${fault}`);
    return image;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function build(workspace: Workspace, key: string, base: ReadonlyMap<string, string> | undefined): Promise<Kept> {
  const { root } = workspace;
  const changeBase = base === undefined ? Buffer.alloc(0) : await buildAtBase(workspace, base);
  const { image, fault } = await buildImage(root, root);
  const kept = { key, now: image.toString('base64'), fault, changeBase: changeBase.toString('base64') };
  if (fault !== '') return { ...kept, lint: [], breaking: [] };
  const lint = await runBuf(root, root, ['lint', '--error-format=json']);
  const breaking = await runBuf(root, root, ['breaking', '--against', BASELINE_IMAGE, '--error-format=json']);
  return { ...kept, lint: readFindings(lint, 'lint'), breaking: readFindings(breaking, 'breaking') };
}

/**
 * Builds the contract, now and at the base. What was built is kept by the content of everything that goes in.
 *
 * @throws Error when the baseline is missing, or buf fails at anything but the contract of now
 */
export async function readImages(workspace: Workspace): Promise<ContractImages> {
  const paths = contractFiles(workspace);
  const base = baseFiles(workspace, paths);
  const hash = createHash('sha256').update(workspace.read('node_modules/@bufbuild/buf/package.json')).update(workspace.readBytes(BASELINE_IMAGE));
  for (const path of paths) hash.update(`\0${path}\0${blobId(workspace.readBytes(path))}`);
  for (const [path, blob] of base ?? []) hash.update(`\0base ${path}\0${blob}`);
  const key = hash.digest('hex');
  const keptPath = join(workspace.root, '.cache/policy/contract.json');
  let kept = readKept<Kept>(keptPath);
  if (kept?.key !== key) {
    kept = await build(workspace, key, base);
    writeKept(keptPath, kept);
  }
  const { now, fault, lint, breaking, changeBase } = kept;
  return { now: Buffer.from(now, 'base64'), fault, lint, breaking, changeBase: changeBase === '' ? undefined : Buffer.from(changeBase, 'base64') };
}
