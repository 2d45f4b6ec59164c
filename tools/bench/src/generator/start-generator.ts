import { join } from 'node:path';
import { spawnServer } from '@arqonbus/services';
import type { LoadRequest, LoadResult } from './run-load.js';

export type GeneratorAnswer = { readonly result: LoadResult } | { readonly failure: string };

/** A load generator in a process of its own. */
export interface Generator {
  run(request: LoadRequest): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** Folder of the workspace, from which sources run. */
export const repositoryRoot = join(import.meta.dirname, '../../../..');

/** Arguments with which Node runs a TypeScript file of the workspace from source. */
export function sourceRunArguments(file: string): string[] {
  return ['--conditions=@arqonbus/source', '--import', 'tsx/esm', join(repositoryRoot, file)];
}

/** Starts the generator on `core`, so that it never takes time from the server on another. */
export function startGenerator(options: { core: number | undefined }): Generator {
  const server = spawnServer({
    command: process.execPath,
    args: sourceRunArguments('tools/bench/src/generator/generator-main.ts'),
    cwd: repositoryRoot,
    ipc: true,
    ...(options.core === undefined ? {} : { core: options.core }),
  });
  return {
    run: (request) =>
      new Promise((resolve, reject) => {
        const onAnswer = (answer: GeneratorAnswer): void => {
          if ('result' in answer) resolve(answer.result);
          else reject(new Error(answer.failure));
        };
        server.child.once('message', onAnswer);
        void server.ended.then((end) => reject(new Error(`the load generator ended (${end}): ${server.recentOutput()}`)));
        server.child.send(request);
      }),
    stop: () => server.stop(),
  };
}
