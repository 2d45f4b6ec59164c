import type { Logger } from './logger.js';

/** Exit codes of a process under runUntilSignal(); a second signal ends it with 128 + its number. */
export const processExitCodes = { drained: 0, drainFailed: 1, fault: 70, interrupted: 130, terminated: 143 } as const;

const PARENT_POLL_MS = 500;

/** `running`: until something asks for the end. `draining`: the drain is under way. `exited`: the process is told to exit. */
export type ProcessLifeState = 'running' | 'draining' | 'exited';

/** What changes the state (docs/state_machines/drain.md). */
export type ProcessLifeEvent = 'stop' | 'drained' | 'drain_failed' | 'timed_out' | 'second_signal' | 'fault';

/** Which event leads where; what is not here leaves the state as it is. */
export const processLifeTransitions: Readonly<Record<ProcessLifeState, Readonly<Partial<Record<ProcessLifeEvent, ProcessLifeState>>>>> = {
  running: { stop: 'draining', fault: 'exited' },
  draining: { drained: 'exited', drain_failed: 'exited', timed_out: 'exited', second_signal: 'exited', fault: 'exited' },
  exited: {},
};

/** Options of runUntilSignal(). */
export interface ProcessLifeOptions {
  /** Stops accepting, lets work in hand finish, closes. Called once. */
  readonly drain: () => Promise<void>;
  /** Longest wait for the drain, in milliseconds; then the process exits with `drainFailed`. */
  readonly drainTimeoutMs: number;
  readonly logger: Logger;
  /** Value of `ARQON_PARENT_PID`, read by the entry point (S5): the process to outlive by no more than a moment. */
  readonly parentPid?: string | undefined;
}

/** The life of the process. */
export interface ProcessLife {
  /** Drains and exits as a first signal does, for other causes such as the admin route; later calls do nothing. */
  stop(cause: string): void;
}

function describe(error: unknown): object {
  return error instanceof Error ? { error } : { error: String(error) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Tells when the given parent is gone: it no longer runs, or this process was handed to another parent. */
function watchParent(parentPid: number, onGone: () => void): void {
  const isDirect = process.ppid === parentPid;
  const timer = setInterval(() => {
    if ((isDirect && process.ppid !== parentPid) || !isAlive(parentPid)) {
      clearInterval(timer);
      onGone();
    }
  }, PARENT_POLL_MS);
  timer.unref();
}

function parsePid(text: string): number | undefined {
  return /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : undefined;
}

/**
 * Takes charge of the end of the process: SIGTERM or SIGINT drains once and exits 0, a second signal exits at once
 * with 143 or 130. It also drains when the IPC channel of the parent closes and, if `parentPid` is given, when
 * that process is gone. An uncaught exception or unhandled rejection is logged CRITICAL and exits 70 without a drain,
 * because the state is no longer known. Call it once, in the composition root.
 */
export function runUntilSignal(options: ProcessLifeOptions): ProcessLife {
  const { logger } = options;
  let state: ProcessLifeState = 'running';
  /** False when the event means nothing in this state. */
  const step = (event: ProcessLifeEvent): boolean => {
    const next = processLifeTransitions[state][event];
    if (next === undefined) return false;
    state = next;
    return true;
  };
  const exit = (event: ProcessLifeEvent, code: number): never => {
    step(event);
    process.exit(code);
  };

  const drainThenExit = async (cause: string): Promise<void> => {
    logger.info({ cause, drain_timeout_ms: options.drainTimeoutMs }, 'draining');
    const timer = setTimeout(() => {
      logger.error({ drain_timeout_ms: options.drainTimeoutMs }, 'drain did not end in time, exiting');
      exit('timed_out', processExitCodes.drainFailed);
    }, options.drainTimeoutMs);
    try {
      await options.drain();
    } catch (error) {
      logger.error(describe(error), 'drain failed, exiting');
      exit('drain_failed', processExitCodes.drainFailed);
    }
    clearTimeout(timer);
    logger.info({}, 'drained, exiting');
    exit('drained', processExitCodes.drained);
  };
  const stop = (cause: string): void => {
    if (step('stop')) void drainThenExit(cause);
  };
  const onSignal = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (state === 'running') {
      stop(signal);
      return;
    }
    logger.warn({ cause: signal }, 'second signal, exiting at once');
    exit('second_signal', signal === 'SIGINT' ? processExitCodes.interrupted : processExitCodes.terminated);
  };
  const onFault = (error: unknown, origin: string): void => {
    logger.critical({ ...describe(error), origin }, 'unexpected fault, exiting');
    exit('fault', processExitCodes.fault);
  };

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', (reason) => onFault(reason, 'unhandledRejection'));
  if (process.connected) process.on('disconnect', () => stop('parent disconnected'));
  const parentPid = parsePid(options.parentPid ?? '');
  if (parentPid !== undefined) watchParent(parentPid, () => stop('parent process ended'));
  return { stop };
}
