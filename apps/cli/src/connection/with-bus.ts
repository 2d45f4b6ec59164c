import { connect, isArqonError, type Bus } from '@arqonbus/sdk';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import type { CommandLine } from '../command-line/command-line.js';
import { isErrno } from '../data-dir/private-file.js';
import { connectionTargetOf, type ConnectionTarget } from './connection-target.js';

/** Attempts in a row of a command that does one thing; one that stays goes on for ever. */
const attemptCount = 3;

export interface WithBusOptions {
  /** Client id of a token made here. */
  readonly client?: string | undefined;
  /** Roles of a token made here; default client. */
  readonly roles?: readonly string[];
  /** True for a command that stays and comes back after a lost connection. */
  readonly isLasting?: boolean;
}

/** What a command does with its connection; `signal` is aborted when the user ends it. */
export type UseBus = (bus: Bus, target: ConnectionTarget) => Promise<void>;

/** Connects, runs `use`, and closes whatever happens. Raises CliError CANNOT_CONNECT. */
export async function withBus(line: CommandLine, context: CommandContext, options: WithBusOptions, use: UseBus): Promise<void> {
  const target = connectionTargetOf(line, context, options);
  const bus = await open(target, context.interruption.signal, options.isLasting === true ? Number.MAX_SAFE_INTEGER : attemptCount);
  bus.on('error', (error) => context.output.note(`${error.message}`, { event: 'error', code: error.code, message: error.message }));
  try {
    await use(bus, target);
  } finally {
    await bus.close();
  }
}

async function open(target: ConnectionTarget, signal: AbortSignal, maxAttempts: number): Promise<Bus> {
  const { url, ca, getToken, timeoutMs } = target;
  try {
    return await connect({ url, ca, getToken, signal, connectTimeoutMs: timeoutMs, commandTimeoutMs: timeoutMs, reconnect: { maxAttempts } });
  } catch (error) {
    if (isArqonError(error) && error.code === 'TIMEOUT') throw cannotConnect(url, error.cause);
    throw error;
  }
}

const certificateCodes = ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE'];

function cannotConnect(url: string, cause: unknown): CliError {
  if (cause instanceof CliError) return cause;
  const isUntrusted = certificateCodes.some((code) => isErrno(cause, code));
  const why = cause instanceof Error ? `: ${cause.message || describeCode(cause)}` : '';
  return new CliError('unreachable', 'CANNOT_CONNECT', `cannot connect to ${url}${why}`, {
    next: isUntrusted ? 'Name the authority of the server\'s certificate with --ca FILE or ARQON_CA.' : 'Is the server running, and the URL right? `npx --no arqon dev` starts a local one.',
    cause,
  });
}

/** An AggregateError of several addresses has a code and no message. */
function describeCode(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}
