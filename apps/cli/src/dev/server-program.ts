import { fileURLToPath } from 'node:url';

/** How Node runs a server. */
export interface ServerProgram {
  readonly entry: string;
  /** Arguments of Node itself. */
  readonly execArgv: readonly string[];
}

/** The program of a server: its sources when this command runs from sources, else what is compiled of them. `appFolder` ends with a slash. */
export function serverProgram(appFolder: URL): ServerProgram {
  if (!import.meta.url.endsWith('.ts')) return { entry: fileURLToPath(new URL('dist/main.js', appFolder)), execArgv: [] };
  return {
    entry: fileURLToPath(new URL('src/main.ts', appFolder)),
    execArgv: ['--conditions=@arqonbus/source', '--import', import.meta.resolve('tsx/esm')],
  };
}
