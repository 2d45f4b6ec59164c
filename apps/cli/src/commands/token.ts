import { usageError } from '../cli-error.js';
import type { CommandHandler } from '../command-line/command-spec.js';
import { dataDirOf } from '../data-dir/data-dir.js';
import { signToken } from '../token/sign-token.js';
import { checkTokenRequest, type TokenRequest } from '../token/token-request.js';

const defaultTtlSeconds = 3_600;
const maxTtlSeconds = 31_536_000;

/** `arqon token`: prints the token alone. */
export const runTokenCommand: CommandHandler = async (line, { output, workingFolder }) => {
  const tenant = line.value('tenant');
  const sub = line.value('sub');
  if (tenant === undefined || sub === undefined) throw usageError(`token needs --${tenant === undefined ? 'tenant' : 'sub'}`, '`arqon token --help` shows examples.');
  const roles = line.list('role');
  const request: TokenRequest = {
    tenant, sub,
    publish: line.list('publish'),
    subscribe: line.list('subscribe'),
    roles: roles.length === 0 ? ['client'] : [...new Set(roles)],
    capabilities: line.list('capability'),
    ttlSeconds: line.integer('ttl', { min: 1, max: maxTtlSeconds }) ?? defaultTtlSeconds,
  };
  checkTokenRequest(request);
  const dataDir = dataDirOf(line.value('data-dir'), workingFolder);
  dataDir.prepare();
  const { token, expiresAt } = await signToken(dataDir, request, Date.now());
  await output.result(token, { token, expiresAt: expiresAt.toISOString(), tenant, sub, roles: request.roles });
};
