import { ArqonError } from '@arqonbus/errors';
import { compileGrants, isClientId, isTenantId } from '@arqonbus/tenancy';
import { usageError } from '../cli-error.js';

/** What a token is to say. */
export interface TokenRequest {
  readonly tenant: string;
  readonly sub: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly roles: readonly string[];
  readonly capabilities: readonly string[];
  readonly ttlSeconds: number;
}

const knownRoles = ['client', 'service', 'operator', 'admin'];
const capability = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;

/** Raises a usage error that names option and grammar for what a server would refuse. */
export function checkTokenRequest(request: TokenRequest): void {
  if (!isTenantId(request.tenant)) throw usageError(`--tenant "${request.tenant}" is not a tenant`, 'A tenant is 1 to 64 of a-z, 0-9, _ and -, and begins with a letter or digit.');
  if (!isClientId(request.sub)) throw usageError(`--sub "${request.sub}" is not a client id`, 'A client id is 1 to 128 of A-Z, a-z, 0-9 and ._@-, and begins with a letter or digit.');
  checkPatterns('publish', request.publish);
  checkPatterns('subscribe', request.subscribe);
  const badRole = request.roles.find((role) => !knownRoles.includes(role));
  if (badRole !== undefined) throw usageError(`--role "${badRole}" is not a role`, `Roles are ${knownRoles.join(', ')}.`);
  const badCapability = request.capabilities.find((one) => !capability.test(one));
  if (badCapability !== undefined) throw usageError(`--capability "${badCapability}" is not a capability`, 'A capability is up to 128 of A-Z, a-z, 0-9 and ._:/-.');
}

function checkPatterns(option: 'publish' | 'subscribe', patterns: readonly string[]): void {
  try {
    compileGrants(patterns);
  } catch (error) {
    const index = error instanceof ArqonError ? error.index : undefined;
    const what = index === undefined ? `--${option} is given too often` : `--${option} "${patterns[index]}" is not a pattern`;
    throw usageError(what, 'A pattern is ROOM, ROOM:CHANNEL or @CLIENT in lower case (clients as they are), with * for any run of characters; 256 at most.');
  }
}
