import { runLoad, type LoadRequest } from './run-load.js';
import type { GeneratorAnswer } from './start-generator.js';

// The load generator's process: one request at a time over IPC; ends with its parent.
process.on('message', (request: LoadRequest) => {
  void runLoad(request).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));

function answer(message: GeneratorAnswer): void {
  process.send?.(message);
}
