/** Most bytes of log lines that wait for a slow reader; lines over it are dropped and counted. */
const MAX_PENDING_BYTES = 1_048_576;

/** Where log lines go. Never waits for a reader, never throws: what cannot be written is dropped and counted (N5). */
export interface BoundedDestination {
  write(line: string): void;
  /** Lines dropped since the start. */
  readonly droppedCount: number;
}

/**
 * Bounds what a stream may hold back. Standard output to a pipe or socket is asynchronous in Node on Linux: a
 * reader that stopped delays neither a turn of the event loop nor the exit; what it has not read by then is lost.
 */
export function createBoundedDestination(stream: NodeJS.WritableStream & { readonly writableLength?: number }): BoundedDestination {
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
