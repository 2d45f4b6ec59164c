import { spawnServer } from '@arqonbus/services';
import { repositoryRoot, sourceRunArguments } from '../generator/start-generator.js';
import type { OutcomeOf, Task } from './task.js';

export type TaskAnswer = { readonly outcome: OutcomeOf<Task['kind']> } | { readonly failure: string };

/** A load generator in a process of its own. */
export interface TaskRunner {
  /** Raises `Error` with the reason when the task fails. */
  run<Given extends Task>(task: Given): Promise<OutcomeOf<Given['kind']>>;
  stop(): Promise<void>;
}

/** Starts a load generator on `core`, so that it never takes time from a server on another. */
export function startTaskRunner(options: { readonly core: number | undefined }): TaskRunner {
  const server = spawnServer({
    command: process.execPath,
    args: sourceRunArguments('tools/bench/src/tasks/task-main.ts'),
    cwd: repositoryRoot,
    ipc: true,
    ...(options.core === undefined ? {} : { core: options.core }),
  });
  return {
    run: <Given extends Task>(task: Given) =>
      new Promise<OutcomeOf<Given['kind']>>((resolve, reject) => {
        const onAnswer = (answer: TaskAnswer): void => {
          if ('outcome' in answer) resolve(answer.outcome as OutcomeOf<Given['kind']>);
          else reject(new Error(answer.failure));
        };
        server.child.once('message', onAnswer);
        void server.ended.then((end) => reject(new Error(`the load generator ended (${end}): ${server.recentOutput()}`)));
        server.child.send(task);
      }),
    stop: () => server.stop(),
  };
}
