import { withoutComments } from '../debt/comment-text.js';
import type { Row, WorkspaceSource } from '../fact-source.js';
import type { WorkspaceFile } from '../workspace.js';

const PYTHON_FILE = /\.py$/;
const SHELL_FILE = /\.(sh|bash|zsh)$|^\.ci\/[\w-]+$/;
const TEST_PLACE = /(^|\/)tests?\/|(^|\/)(test_\w+|\w+_test|conftest)\.py$|(^|\/)\w*[-_.]?test\w*\.(sh|bash)$/;
const SHELL_DELAY = /(?:^|[;&|({]|\bdo|\bthen)\s*(?:command\s+|\/bin\/|\/usr\/bin\/)?(u?sleep\s+\S+)/g;

/** Names under which a Python file has functions that sleep: `time.sleep`, `from time import sleep as nap`, `import asyncio as aio`. */
function pythonDelays(text: string): RegExp {
  const names = ['(?:time|asyncio|trio|anyio|gevent)\\.sleep'];
  for (const [, module, alias] of text.matchAll(/^\s*import\s+(time|asyncio|trio|anyio|gevent)\s+as\s+(\w+)/gm)) if (module !== undefined && alias !== undefined) names.push(`${alias}\\.sleep`);
  for (const [, list] of text.matchAll(/^\s*from\s+(?:time|asyncio|trio|anyio|gevent)\s+import\s+\(?([^)\n]+)/gm)) {
    for (const part of (list ?? '').split(',')) {
      const named = /^\s*sleep(?:\s+as\s+(\w+))?\s*$/.exec(part);
      if (named !== null) names.push(`(?<![\\w.])${named[1] ?? 'sleep'}`);
    }
  }
  return new RegExp(`(?:${names.join('|')})\\s*\\([^)\\n]*\\)?`, 'g');
}

function rowsOf({ path, project }: WorkspaceFile, text: string): Row[] {
  const isPython = PYTHON_FILE.test(path);
  const code = withoutComments(path, text, { strings: isPython });
  const pattern = isPython ? pythonDelays(code) : SHELL_DELAY;
  return code.split('\n').flatMap((line, index) => [...line.matchAll(pattern)].map((match): Row => ({ file: path, line: index + 1, project, call: (match[1] ?? match[0]).trim() })));
}

/** Delays in test code that is no TypeScript or JavaScript. */
export const foreignDelaySource: WorkspaceSource = {
  name: 'delays in other languages',
  tables: {
    // A call of a sleep function or command in Python or shell code of tests.
    foreign_delays: ['call'],
  },
  read: (workspace) => ({
    foreign_delays: workspace.files
      .filter(({ path }) => (PYTHON_FILE.test(path) || SHELL_FILE.test(path)) && TEST_PLACE.test(path))
      .flatMap((file) => rowsOf(file, workspace.read(file.path))),
  }),
};
