import { runTask } from './run-task.js';
import type { TaskAnswer } from './start-task-runner.js';
import type { Task } from './task.js';

// A load generator's process: one task at a time over IPC; ends with its parent.
process.on('message', (task: Task) => {
  void runTask(task).then(
    (outcome) => answer({ outcome }),
    (error: unknown) => answer({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));

function answer(message: TaskAnswer): void {
  process.send?.(message);
}
