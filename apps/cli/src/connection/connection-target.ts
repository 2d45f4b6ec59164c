import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError, usageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import type { CommandLine } from '../command-line/command-line.js';
import { dataDirOf, type DataDir } from '../data-dir/data-dir.js';
import { readDevFile } from '../data-dir/dev-file.js';
import { readTextFile } from '../data-dir/private-file.js';
import { visible } from '../output/message-lines.js';

const defaultTimeoutSeconds = 10;
const maxTimeoutSeconds = 86_400;
const localTenant = 'dev';
const localTokenTtlSeconds = 3_600;

/** Where and as whom a client command connects. */
export interface ConnectionTarget {
  readonly url: string;
  /** PEM of the authority to trust instead of the system's. */
  readonly ca: string | undefined;
  /** Called at each connect, and again before a token ends. */
  readonly getToken: () => Promise<string>;
  readonly timeoutMs: number;
}

/**
 * Resolves URL, authority and token: option, then environment, then the `arqon dev` that runs in the data folder.
 * A token of one's own is made with the local key for servers on loopback alone, for `client`, a random id by default, and for the tenant
 * of --tenant where the command takes it; a token that is given must be of that tenant.
 */
export function connectionTargetOf(
  line: CommandLine, context: CommandContext, { client, roles = ['client'] }: { readonly client?: string | undefined; readonly roles?: readonly string[] },
): ConnectionTarget {
  const { environment, workingFolder } = context;
  const dataDir = dataDirOf(line.value('data-dir'), workingFolder);
  const url = checkedUrl(given(line.value('url')) ?? given(environment['ARQON_URL']) ?? localUrl(dataDir));
  const isLocal = isLoopback(url.hostname);
  const caFile = given(line.value('ca')) ?? given(environment['ARQON_CA']);
  const ca = caFile === undefined ? (isLocal ? readTextFile(dataDir.caFile) : undefined) : readCa(resolve(workingFolder, caFile));
  const token = given(line.value('token')) ?? given(environment['ARQON_TOKEN'])?.trim();
  const tenant = given(line.value('tenant'));
  if (token !== undefined && tenant !== undefined) requireTenant(token, tenant);
  const timeoutSeconds = line.integer('timeout', { min: 1, max: maxTimeoutSeconds }) ?? defaultTimeoutSeconds;
  return { url: url.href, ca, getToken: token === undefined ? localTokens(dataDir, { isLocal, client, roles, tenant: tenant ?? localTenant }) : () => Promise.resolve(token), timeoutMs: timeoutSeconds * 1_000 };
}

/** An empty value is one that a script left unset. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function localUrl(dataDir: DataDir): string {
  const running = readDevFile(dataDir);
  if (running !== undefined) return running.shieldUrl;
  throw new CliError('unreachable', 'NO_SERVER', `no server is named, and no \`arqon dev\` runs in ${dataDir.path}`, {
    next: 'Start one with `npx --no arqon dev`, or name a server with --url or ARQON_URL.',
  });
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'wss:' && url.protocol !== 'ws:')) throw usageError(`"${text}" is not a URL of a server`, 'A URL looks like wss://bus.example/v1.');
  if (url.protocol === 'ws:' && !isLoopback(url.hostname)) throw usageError(`${text} would send the token in the clear`, 'Use wss://; ws:// is for loopback alone.');
  if (url.username !== '' || url.password !== '' || url.hash !== '') throw usageError('a URL holds no credentials and no fragment', 'Give the token in ARQON_TOKEN.');
  return url;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('configuration', 'CA_FILE', `cannot read the certificate authority: ${why}`, { next: 'Name a PEM file with --ca or ARQON_CA.', cause });
  }
}

/** Nothing is asked of another tenant than the user means; what cannot be read is the server's to refuse. */
function requireTenant(token: string, tenant: string): void {
  const [, payload = ''] = token.split('.');
  const claimed = tenantOf(Buffer.from(payload, 'base64url').toString('utf8'));
  if (claimed === undefined || claimed === tenant) return;
  throw usageError(`the token is one of the tenant ${visible(claimed)}, not of ${visible(tenant)}`, 'A session acts for the tenant of its token: leave --tenant out, or give a token of that tenant.');
}

function tenantOf(claims: string): string | undefined {
  try {
    const { tenant_id: tenant } = JSON.parse(claims) as { readonly tenant_id?: unknown };
    return typeof tenant === 'string' ? tenant : undefined;
  } catch {
    return undefined;
  }
}

function localTokens(dataDir: DataDir, options: { readonly isLocal: boolean; readonly client: string | undefined; readonly roles: readonly string[]; readonly tenant: string }): () => Promise<string> {
  if (!options.isLocal || readTextFile(dataDir.signingKeyFile) === undefined) {
    throw new CliError('unauthenticated', 'NO_TOKEN', 'no token is given', { next: 'Set ARQON_TOKEN to a token of the server\'s issuer; for a local bus, `arqon token` makes one.' });
  }
  const sub = options.client ?? `cli-${randomBytes(4).toString('hex')}`;
  const every = ['*', '@*'];
  return async () => {
    const { signToken } = await import('../token/sign-token.js');
    const request = { tenant: options.tenant, sub, publish: every, subscribe: every, roles: options.roles, capabilities: [], ttlSeconds: localTokenTtlSeconds };
    return (await signToken(dataDir, request, Date.now())).token;
  };
}
