import { loadSettings, SettingsError } from '@arqonbus/config';
import { migrateDown, migrateUp, openMigrationSession, readSchemaStatus, SchemaVersionError, type MigrationSession, type SchemaStatus } from '@arqonbus/storage-postgres';
import { parseArgs } from 'node:util';
import { databaseOf } from './compose-database.js';
import { projectorSettings } from './settings.js';

const help = `Usage: npm run projector:migrate -- up | down | status [options]

Brings the schema of the projector's database to that of this version, takes the last migration back, or tells which are applied. The database is the one of
the projector's settings: ARQON_PROJECTOR_DATABASE_KIND, _URL, _PASSWORD, _SSL_MODE, _CA_FILE, or _FOLDER for the embedded one. The login must own the schema.
Stop the projectors before down; several runs at once wait for each other.

  up                    applies all that are missing
  down                  takes the last one back
  status                tells, and changes nothing

  --count N             with down: how many are taken back, 1 unless given
  --delete-all-data     with down: allows the first one to be taken back, which deletes every episode
  --config FILE         settings file of the projector
  --json                one object on stdout: {applied, pending, unknown, done}
  --help                this text

Exit code 0: done. 64: wrong usage. 69: the database cannot be used. 78: wrong settings, or a schema of another version.
`;

/** A mistake in the command line. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Request {
  readonly action: 'up' | 'down' | 'status';
  readonly count: number;
  readonly mayDeleteAll: boolean;
  readonly configFile: string | undefined;
  readonly isJson: boolean;
}

/** What the command said, and the exit code of its process. */
export interface MigrateOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Carries out one line of the command `projector:migrate`. */
export async function runMigrate(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<MigrateOutcome> {
  try {
    const request = readRequest(args);
    return { code: 0, stdout: request === undefined ? help : await migrate(request, environment), stderr: '' };
  } catch (error) {
    const { code, text } = describeFailure(error);
    return { code, stdout: '', stderr: `projector:migrate: ${text}\n` };
  }
}

async function migrate(request: Request, environment: NodeJS.ProcessEnv): Promise<string> {
  const { configFile } = request;
  const settings = loadSettings(projectorSettings, { environment, ...(configFile === undefined ? {} : { configFile }) });
  const session = await openMigrationSession(databaseOf(settings));
  try {
    const done = await carryOut(session.client, request);
    return describe({ ...(await readSchemaStatus(session.client)), done }, request);
  } finally {
    await session.close();
  }
}

/** Undefined when the help is asked for. */
function readRequest(args: readonly string[]): Request | undefined {
  const { values, positionals } = parseLine(args);
  if (values.help === true) return undefined;
  const [action, ...rest] = positionals;
  if (action !== 'up' && action !== 'down' && action !== 'status') throw new UsageError(action === undefined ? 'up, down or status is needed' : `${JSON.stringify(action)} is none of up, down, status`);
  if (rest.length > 0) throw new UsageError(`${JSON.stringify(rest[0])} is too much`);
  if (action !== 'down' && (values.count !== undefined || values['delete-all-data'] === true)) throw new UsageError('--count and --delete-all-data are for down');
  const count = values.count ?? '1';
  if (!/^[1-9][0-9]{0,3}$/.test(count)) throw new UsageError(`--count is a whole number from 1, not ${JSON.stringify(count)}`);
  return { action, count: Number(count), mayDeleteAll: values['delete-all-data'] === true, configFile: values.config, isJson: values.json === true };
}

function parseLine(args: readonly string[]): { readonly values: { help?: boolean; json?: boolean; count?: string; config?: string; 'delete-all-data'?: boolean }; readonly positionals: string[] } {
  try {
    return parseArgs({
      args: [...args], allowPositionals: true,
      options: { help: { type: 'boolean' }, json: { type: 'boolean' }, count: { type: 'string' }, config: { type: 'string' }, 'delete-all-data': { type: 'boolean' } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Names of the migrations that were applied or taken back. */
async function carryOut(client: MigrationSession['client'], { action, count, mayDeleteAll }: Request): Promise<readonly string[]> {
  if (action === 'status') return [];
  if (action === 'up') return migrateUp(client);
  const { applied } = await readSchemaStatus(client);
  if (applied.length === 0) return [];
  if (count >= applied.length && !mayDeleteAll) throw new UsageError(`taking ${applied[0] ?? ''} back deletes every episode: back up first, and say --delete-all-data`);
  return migrateDown(client, count);
}

function describe(outcome: SchemaStatus & { readonly done: readonly string[] }, { action, isJson }: Request): string {
  const { applied, pending, unknown, done } = outcome;
  if (isJson) return `${JSON.stringify({ applied, pending, unknown, done })}\n`;
  const others = (names: readonly string[]): readonly string[] => names.filter((name) => !done.includes(name));
  const lines = [
    ...done.map((name) => `${name}  ${action === 'up' ? 'applied now' : 'taken back now'}`), ...others(applied).map((name) => `${name}  applied`),
    ...others(pending).map((name) => `${name}  pending`), ...unknown.map((name) => `${name}  of a newer version`),
  ];
  return `${lines.join('\n')}\n`;
}

function describeFailure(error: unknown): { readonly code: number; readonly text: string } {
  const text = error instanceof Error ? error.message || error.name : String(error);
  if (error instanceof UsageError) return { code: 64, text: `${text}\nSee npm run projector:migrate -- --help` };
  if (error instanceof SettingsError || error instanceof SchemaVersionError) return { code: 78, text };
  return { code: 69, text: `the database cannot be used: ${text}` };
}
