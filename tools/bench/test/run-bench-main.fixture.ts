import { execFile } from 'node:child_process';
import { repositoryRoot, sourceRunArguments } from '../src/generator/start-generator.js';

/** Runs the bench as `npm run bench` does. */
export function runBenchMain(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd: repositoryRoot, env: { ...process.env, ...env } };
    execFile(process.execPath, [...sourceRunArguments('tools/bench/src/main.ts'), ...argv], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}
