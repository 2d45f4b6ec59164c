import { spawn } from 'node:child_process';
import { CliError, usageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import type { CommandHandler } from '../command-line/command-spec.js';
import { ensureCertificate } from '../data-dir/certificate.js';
import { dataDirOf, type DataDir } from '../data-dir/data-dir.js';
import { readDevFile } from '../data-dir/dev-file.js';
import { ensureLinkKey } from '../data-dir/link-key.js';
import { ensureSigningKey } from '../data-dir/signing-key.js';
import { projectorEnvironment, shieldEnvironment, spineEnvironment } from '../dev/dev-settings.js';
import { renewProjectorTokens, writeProjectorTokens } from '../dev/projector-tokens.js';
import { serverProgram } from '../dev/server-program.js';
import { storeChoice, storeEnvironment } from '../dev/store-option.js';

const parts = ['spine', 'shield', 'projector'] as const;
type Part = (typeof parts)[number];

/** Whose episodes a projector beside a local bus projects, unless the environment says otherwise. */
const devTenant = 'dev';

/** Port of the Spine's link door, its setting's default. */
const defaultLinkPort = 7_400;

/**
 * `arqon serve PART`: one server in the foreground, as `nx serve` runs it. Settings of the
 * environment win; what they leave open comes from the data folder. With --config the file decides
 * instead, and nothing is generated.
 */
export const runServeCommand: CommandHandler = async (line, context) => {
  const [part = ''] = line.operands;
  if (!isPart(part)) throw usageError(`there is no server called ${part}`, 'The servers are spine, shield and projector.');
  const config = line.value('config');
  const store = storeChoice(line);
  if (store !== undefined && (part !== 'spine' || config !== undefined)) throw usageError('--store is for a spine without --config', 'A settings file names the store in history.store.');
  const dataDir = dataDirOf(line.value('data-dir'), context.workingFolder);
  const caller = Object.fromEntries(Object.entries(context.environment).filter(([name, value]) => value !== undefined && !name.startsWith('npm_')));
  const generated = config === undefined ? await generate(part, dataDir) : {};
  const environment = { ...generated, ...caller, ...(store === undefined ? {} : storeEnvironment(store, dataDir)) };
  const serve = (): Promise<void> => run(part, environment, config === undefined ? [] : ['--config', config], context);
  if (part === 'projector' && config === undefined) await withTokens(dataDir, caller['ARQON_PROJECTOR_TENANTS'] ?? devTenant, context, serve);
  else await serve();
};

/** Keeps the projector's tokens valid while it runs; those of a folder that the caller names are the caller's. */
async function withTokens(dataDir: DataDir, tenants: string, { environment, output }: CommandContext, serve: () => Promise<void>): Promise<void> {
  if (environment['ARQON_PROJECTOR_BUS_TOKEN_DIR'] !== undefined) return serve();
  const names = tenants.split(',').map((tenant) => tenant.trim()).filter((tenant) => tenant !== '');
  await writeProjectorTokens(dataDir, names, Date.now());
  const end = renewProjectorTokens(dataDir, names, (error) => { output.note(`tokens of the projector could not be renewed: ${String(error)}`, { event: 'tokens_not_renewed', reason: String(error) }); });
  try {
    await serve();
  } finally {
    end();
  }
}

function isPart(value: string): value is Part {
  return parts.some((part) => part === value);
}

async function generate(part: Part, dataDir: DataDir): Promise<Record<string, string>> {
  dataDir.prepare();
  await ensureCertificate(dataDir, Date.now());
  await ensureSigningKey(dataDir);
  if (part === 'projector') return projectorEnvironment({ dataDir, busUrl: readDevFile(dataDir)?.spineUrl });
  const linkKey = ensureLinkKey(dataDir);
  const settings = part === 'spine'
    ? spineEnvironment({}, { dataDir, linkKey, ports: {} })
    : shieldEnvironment({}, { dataDir, linkKey, linkPort: defaultLinkPort, ports: {} });
  // A server in the foreground logs as its settings say.
  return Object.fromEntries(Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined && !entry[0].endsWith('_LOG_LEVEL')));
}

/** Runs the server until it ends; signals are passed on. */
async function run(part: Part, environment: Record<string, string | undefined>, args: readonly string[], { interruption, workingFolder }: CommandContext): Promise<void> {
  const { entry, execArgv } = serverProgram(new URL(`../../../${part}/`, import.meta.url));
  const child = spawn(process.execPath, [...execArgv, entry, ...args], {
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
