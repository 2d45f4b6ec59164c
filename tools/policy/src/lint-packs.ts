import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { capabilitiesFile, listModulesUnder, listPackModules } from './engine/pack-sources.js';
import { ensureConftest, ensureOpa, ensureRegal, type EnsuredTool } from './tools/ensure-tool.js';

const TIMEOUT_MS = 300_000;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** One thing that is looked at, and what is wrong with it; empty when nothing is. */
interface LintStep {
  readonly name: string;
  readonly run: () => Promise<string>;
}

function run(program: string, args: readonly string[], cwd: string, home: string): Promise<Ended> {
  return new Promise((done, reject) => {
    // Without the user's settings, which may turn rules off.
    const env = { PATH: process.env.PATH ?? '', HOME: home, XDG_CONFIG_HOME: home, NO_COLOR: '1' };
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => done({ code, output: Buffer.concat(chunks).toString() }));
  });
}

function listAllModules(policies: string): string[] {
  return readdirSync(policies, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.rego')).map((path) => join('policies', path)).sort();
}

interface Capabilities {
  readonly builtins: readonly { readonly name: string; readonly decl: unknown }[];
}

/** Builtins of the capabilities that OPA does not have, or has with other arguments. */
async function checkCapabilities(policies: string, currentText: string): Promise<string> {
  const ours = JSON.parse(await readFile(join(policies, capabilitiesFile), 'utf8')) as Capabilities;
  const current = new Map((JSON.parse(currentText) as Capabilities).builtins.map(({ name, decl }) => [name, JSON.stringify(decl)]));
  const wrong = ours.builtins.filter(({ name, decl }) => current.get(name) !== JSON.stringify(decl));
  return wrong.length === 0 ? '' : `policies/${capabilitiesFile} declares otherwise than OPA: ${wrong.map(({ name }) => name).join(', ')}`;
}

interface Tools {
  readonly opa: string;
  readonly regal: string;
  readonly conftest: string;
}

function failed(ended: Ended): string {
  return ended.code === 0 ? '' : ended.output.trim() || `exit code ${String(ended.code)}`;
}

interface RegalReport {
  readonly violations?: readonly { readonly title: string; readonly category: string; readonly description: string; readonly location: { readonly file: string; readonly row: number } }[];
}

/** Regal says 3 for errors and 2 for warnings, which we take for the same. */
function readRegal({ code, output }: Ended): string {
  if (code === 0) return '';
  try {
    const { violations = [] } = JSON.parse(output) as RegalReport;
    const lines = violations.map(({ title, category, description, location: { file, row } }) => `${file}:${String(row)} ${category}/${title}: ${description}`);
    return lines.length === 0 ? output.trim() : lines.sort().join('\n');
  } catch {
    return output.trim() || `exit code ${String(code)}`;
  }
}

function readVerified({ code, output }: Ended): string {
  if (code !== 0) return output.trim();
  // An exit code of 0 is also what a folder without tests gives.
  return /^([1-9]\d*) tests, \1 passed/m.test(output) ? '' : `no test ran: ${output.trim()}`;
}

function stepsOf(policies: string, { opa, regal, conftest }: Tools, home: string): LintStep[] {
  const root = dirname(policies);
  const all = listAllModules(policies);
  const capable = [...listPackModules(policies), ...listModulesUnder(policies, 'runtime')].map((path) => join('policies', path));
  const inRoot = (program: string, args: readonly string[]): Promise<Ended> => run(program, args, root, home);
  return [
    {
      name: 'formatted (opa fmt)',
      run: async () => {
        const { code, output } = await inRoot(opa, ['fmt', '--list', ...all]);
        return code === 0 && output.trim() === '' ? '' : `not formatted, run opa fmt -w on:\n${output.trim()}`;
      },
    },
    { name: 'compiles strictly (opa check)', run: async () => failed(await inRoot(opa, ['check', '--strict', ...all])) },
    {
      name: `only builtins that every engine has (${capabilitiesFile})`,
      run: async () => failed(await inRoot(opa, ['check', '--strict', '--capabilities', join('policies', capabilitiesFile), ...capable])),
    },
    { name: 'capabilities as OPA declares them', run: async () => checkCapabilities(policies, (await inRoot(opa, ['capabilities', '--current'])).output) },
    { name: 'linted (regal)', run: async () => readRegal(await inRoot(regal, ['lint', '--format', 'json', 'policies'])) },
    { name: 'tested (conftest verify)', run: async () => readVerified(await inRoot(conftest, ['verify', '--no-color', '--policy', 'policies', '--data', 'policies/data'])) },
  ];
}

function pathOf(tool: EnsuredTool): string {
  if (!tool.ok) throw new Error(tool.reason);
  return tool.executable;
}

/**
 * Formats, compiles, lints and tests the packs without changing them.
 *
 * @param tell gets one line for each step, and what is wrong
 * @returns whether everything is in order
 * @throws Error when a tool cannot be had or run
 */
export async function lintPacks(policies: string, tell: (line: string) => void): Promise<boolean> {
  const [opa, regal, conftest] = [await ensureOpa(), await ensureRegal(), await ensureConftest()].map(pathOf) as [string, string, string];
  const home = await mkdtemp(join(tmpdir(), 'arqonbus-lint-'));
  let clean = true;
  try {
    for (const step of stepsOf(policies, { opa, regal, conftest }, home)) {
      const wrong = await step.run();
      tell(wrong === '' ? `ok: ${step.name}` : `FAILED: ${step.name}\n${wrong}`);
      clean &&= wrong === '';
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
  return clean;
}

/** `lint-packs.ts`: exit code 0 when all is in order, 1 when something is not, 2 when it cannot be told. */
async function main(): Promise<number> {
  try {
    return (await lintPacks(resolve(import.meta.dirname, '../../../policies'), (line) => void process.stdout.write(`${line}\n`))) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main();
