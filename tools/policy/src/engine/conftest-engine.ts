import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Facts } from '@arqonbus/policy-inputs';

import { namespaceOf, readConftestOutput } from './conftest-output.js';
import type { DocumentVerdict, Engine } from './engine.js';
import { capabilitiesFile, listPackModules } from './pack-sources.js';

const defaultTimeoutMs = 120_000;
const maxOutputBytes = 512 * 1024 * 1024;
const maxReasonChars = 4_000;

export interface ConftestEngineOptions {
  /** Absolute path of the folder `policies`. */
  readonly policies: string;
  /** Ids of the rules to run. */
  readonly rules: readonly string[];
  /** Path of Conftest in its pinned version. */
  readonly executable: string;
  readonly version: string;
  /** How long one run may take; default two minutes. */
  readonly timeoutMs?: number;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs Conftest away from the repository and from the settings of the user: a `conftest.toml`, a plugin or a variable such as
 * CONFTEST_NO_FAIL would change what a pass means.
 */
function run(executable: string, args: readonly string[], folder: string, timeoutMs: number): Promise<Exit> {
  return new Promise((resolve, reject) => {
    // Conftest converts the whole document for every query: with a lazier collector a run takes two thirds of the time.
    const env = { PATH: process.env.PATH ?? '', HOME: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder, TMPDIR: folder, GOGC: '400' };
    const child = spawn(executable, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, killSignal: 'SIGKILL' });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;
    const collect = (chunks: Buffer[]) => (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > maxOutputBytes) child.kill('SIGKILL');
      else chunks.push(chunk);
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }));
  });
}

function fail(exit: Exit, why: string): Error {
  const said = exit.stderr.trim().slice(-maxReasonChars);
  return new Error(`Conftest failed (${why})${said === '' ? '' : `: ${said}`}`);
}

async function judgeIn(folder: string, options: ConftestEngineOptions, documents: Readonly<Record<string, Facts>>): Promise<Record<string, DocumentVerdict>> {
  const { policies, rules, executable } = options;
  const names = new Map(Object.keys(documents).map((name, index) => [join(folder, `${String(index)}.json`), name]));
  await Promise.all([...names].map(([file, name]) => writeFile(file, JSON.stringify(documents[name]))));
  const args = ['test', '--output', 'json', '--no-color', '--show-builtin-errors', '--capabilities', join(policies, capabilitiesFile), '--data', join(policies, 'data')];
  const folders = rules.map((rule) => `${rule.replace('.', '/')}/`);
  // What other rules say is compiled when they run.
  const modules = listPackModules(policies).filter((path) => path.startsWith('lib/') || folders.some((own) => path.startsWith(own)));
  for (const path of modules) args.push('--policy', join(policies, path));
  for (const rule of rules) args.push('--namespace', namespaceOf(rule));
  const exit = await run(executable, [...args, ...names.keys()], folder, options.timeoutMs ?? defaultTimeoutMs);
  if (exit.signal !== null) throw fail(exit, `ended by ${exit.signal}, as after too long a time or too much output`);
  if (exit.code !== 0 && exit.code !== 1) throw fail(exit, `exit code ${String(exit.code)}`);
  // Conftest says 1 for a deny as for a crash; only a deny comes with results.
  if (exit.stdout.trim() === '') throw fail(exit, 'no results');
  const { verdicts, denied } = readConftestOutput(exit.stdout, names, rules);
  if (denied !== (exit.code === 1)) throw fail(exit, `exit code ${String(exit.code)} does not agree with its results`);
  return verdicts;
}

/** Judges by the real Conftest, in one run for all documents. */
export function createConftestEngine(options: ConftestEngineOptions): Engine {
  return {
    title: `Conftest ${options.version}`,
    judge: async (documents, rules = options.rules) => {
      if (rules.length === 0) throw new Error('There is no rule to run');
      if (Object.keys(documents).length === 0) return {};
      const folder = await mkdtemp(join(tmpdir(), 'arqonbus-policy-'));
      try {
        return await judgeIn(folder, { ...options, rules }, documents);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
