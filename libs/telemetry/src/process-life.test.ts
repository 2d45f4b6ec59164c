import { PassThrough } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createLogger } from './logger.js';
import { runUntilSignal } from './process-life.js';

/** Forgets what runUntilSignal() listens to: the process of the tests ends by itself. */
function listenersSince(): () => void {
  const events = ['SIGTERM', 'SIGINT', 'uncaughtException', 'unhandledRejection', 'disconnect'];
  const before = new Map(events.map((event) => [event, process.rawListeners(event)]));
  return () => {
    for (const [event, known] of before) {
      const added = process.rawListeners(event).filter((listener) => !known.includes(listener));
      for (const listener of added) process.removeListener(event, listener as () => void);
    }
  };
}

describe('runUntilSignal()', () => {
  let forget: () => void;
  beforeEach(() => {
    vi.useFakeTimers();
    forget = listenersSince();
  });
  afterEach(() => {
    forget();
    vi.useRealTimers();
  });

  const start = (parentPid?: string): { causes: string[]; stop: (cause: string) => void } => {
    const causes: string[] = [];
    const destination = new PassThrough();
    const logger = createLogger({ service: 'spine', nodeId: 'n', version: '1.2.3', level: 'INFO', destination });
    const life = runUntilSignal({
      drain: () => {
        causes.push(String((JSON.parse(String(destination.read())) as { cause: unknown }).cause));
        return new Promise(() => undefined);
      },
      drainTimeoutMs: 60_000, logger, parentPid,
    });
    return { causes, stop: (cause) => { life.stop(cause); } };
  };

  it('drains once, whatever asks for the end after that', () => {
    const { causes, stop } = start();
    stop('admin');
    stop('admin again');
    expect(causes).toEqual(['admin']);
  });

  it('drains when the parent is gone, and not while it lives', () => {
    const living = start(String(process.ppid));
    // Above the largest process id that Linux gives.
    const orphan = start('4194999');
    vi.advanceTimersByTime(5_000);
    expect([living.causes, orphan.causes]).toEqual([[], ['parent process ended']]);
  });

  it('watches nobody when the id is none', () => {
    const { causes } = start('no number');
    vi.advanceTimersByTime(5_000);
    expect(causes).toEqual([]);
  });
});
