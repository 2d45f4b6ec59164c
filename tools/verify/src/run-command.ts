/** Exit codes of the commands of this project. */
export const exits = { violated: 1, usage: 2, interrupted: 130, terminated: 143, hungUp: 129 } as const;

const endingSignals = [['SIGINT', exits.interrupted], ['SIGTERM', exits.terminated], ['SIGHUP', exits.hungUp]] as const;

/** Runs a command and exits with its code. A signal aborts it, and it exits with the signal's code once everything it started has ended. */
export function runCommand(work: (signal: AbortSignal) => Promise<number>): void {
  const controller = new AbortController();
  let interrupted: number | undefined;
  for (const [signal, exit] of endingSignals) {
    process.on(signal, () => {
      // Servers are killed when this process exits, so a second signal may end it at once.
      if (interrupted !== undefined) process.exit(exit);
      interrupted = exit;
      controller.abort();
    });
  }
  work(controller.signal).then(
    (code) => process.exit(code),
    (error: unknown) => {
      if (interrupted !== undefined) process.exit(interrupted);
      console.error(`verify: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      process.exit(exits.violated);
    },
  );
}
