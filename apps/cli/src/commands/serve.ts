import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CliError, usageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import type { CommandHandler } from '../command-line/command-spec.js';
import { ensureCertificate } from '../data-dir/certificate.js';
import { dataDirOf, type DataDir } from '../data-dir/data-dir.js';
import { ensureLinkKey } from '../data-dir/link-key.js';
import { ensureSigningKey } from '../data-dir/signing-key.js';
import { shieldEnvironment, spineEnvironment } from '../dev/dev-settings.js';
import { storeChoice, storeEnvironment } from '../dev/store-option.js';

const parts = ['spine', 'shield'] as const;
type Part = (typeof parts)[number];

/** Port of the Spine's link door, its setting's default. */
const defaultLinkPort = 7_400;

/**
 * `arqon serve PART`: one server in the foreground, as `nx serve` runs it. Settings of the
 * environment win; what they leave open comes from the data folder. With --config the file decides
 * instead, and nothing is generated.
 */
export const runServeCommand: CommandHandler = async (line, context) => {
  const [part = ''] = line.operands;
  if (!isPart(part)) throw usageError(`there is no server called ${part}`, 'The servers are spine and shield.');
  const config = line.value('config');
  const store = storeChoice(line);
  if (store !== undefined && (part !== 'spine' || config !== undefined)) throw usageError('--store is for a spine without --config', 'A settings file names the store in history.store.');
  const dataDir = dataDirOf(line.value('data-dir'), context.workingFolder);
  const generated = config === undefined ? await generate(part, dataDir) : {};
  const caller = Object.fromEntries(Object.entries(context.environment).filter(([name, value]) => value !== undefined && !name.startsWith('npm_')));
  await run(part, { ...generated, ...caller, ...(store === undefined ? {} : storeEnvironment(store, dataDir)) }, config === undefined ? [] : ['--config', config], context);
};

function isPart(value: string): value is Part {
  return parts.some((part) => part === value);
}

async function generate(part: Part, dataDir: DataDir): Promise<Record<string, string>> {
  dataDir.prepare();
  await ensureCertificate(dataDir, Date.now());
  await ensureSigningKey(dataDir);
  const linkKey = ensureLinkKey(dataDir);
  const settings = part === 'spine'
    ? spineEnvironment({}, { dataDir, linkKey, ports: {} })
    : shieldEnvironment({}, { dataDir, linkKey, linkPort: defaultLinkPort, ports: {} });
  // A server in the foreground logs as its settings say.
  return Object.fromEntries(Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined && !entry[0].endsWith('_LOG_LEVEL')));
}

/** Runs the server until it ends; signals are passed on. */
async function run(part: Part, environment: Record<string, string | undefined>, args: readonly string[], { interruption, workingFolder }: CommandContext): Promise<void> {
  const entry = fileURLToPath(new URL(`../../../${part}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@arqonbus/source', '--import', import.meta.resolve('tsx'), entry, ...args], {
    cwd: workingFolder, env: { ...environment, ARQON_PARENT_PID: String(process.pid) }, stdio: 'inherit',
  });
  const kill = (): void => { child.kill('SIGKILL'); };
  process.once('exit', kill);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => { resolve({ code, signal }); });
  });
  const stop = interruption.requested().then(() => { child.kill('SIGTERM'); });
  const { code, signal } = await Promise.race([ended, stop.then(() => ended)]);
  process.off('exit', kill);
  if (code === 0) return;
  if (code === 78) throw new CliError('configuration', 'CONFIGURATION', `${part} refused its settings`, { next: 'Its own message above names each of them.' });
  throw new CliError('failure', 'SERVER_FAILED', `${part} ended with ${signal ?? String(code)}`, { next: 'Its log above says why.' });
}
