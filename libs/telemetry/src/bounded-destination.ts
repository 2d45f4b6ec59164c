import pino from 'pino';

/** Most bytes of log lines that wait for a slow reader; lines over it are dropped and counted. */
const MAX_PENDING_BYTES = 1_048_576;

/** Where log lines go. Never blocks, never throws: what cannot be written is dropped and counted (N5, N7). */
export interface BoundedDestination {
  write(line: string): void;
  /** Lines dropped since the start. */
  readonly droppedCount: number;
}

/**
 * Standard output, written asynchronously: a full pipe delays no turn of the event loop. What is
 * pending at the end of the process is flushed by pino's exit hook.
 */
export function createStdoutDestination(): BoundedDestination {
  const stream = pino.destination({ dest: 1, sync: false, maxLength: MAX_PENDING_BYTES });
  let droppedCount = 0;
  const drop = (): void => {
    droppedCount += 1;
  };
  stream.on('drop', drop);
  stream.on('error', drop);
  return {
    write: (line) => {
      try {
        stream.write(line);
      } catch {
        drop();
      }
    },
    get droppedCount() {
      return droppedCount;
    },
  };
}

/** A given stream, bounded the same way. Errors of the stream are counted as drops. */
export function createStreamDestination(stream: NodeJS.WritableStream & { readonly writableLength?: number }): BoundedDestination {
  let droppedCount = 0;
  const drop = (): void => {
    droppedCount += 1;
  };
  stream.on('error', drop);
  return {
    write: (line) => {
      if ((stream.writableLength ?? 0) > MAX_PENDING_BYTES) {
        drop();
        return;
      }
      try {
        stream.write(line);
      } catch {
        drop();
      }
    },
    get droppedCount() {
      return droppedCount;
    },
  };
}
