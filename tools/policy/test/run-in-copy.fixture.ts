import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

import { detachedEnvironment, makeScratchCopy, type ScratchCopy } from '../src/canaries/scratch-copy.js';

export const REPOSITORY_ROOT = resolve(import.meta.dirname, '../../..');

/** How a child process ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A scratch copy of the repository, and what people run in it. */
export interface Sandbox {
  readonly copy: ScratchCopy;
  readonly node: (args: readonly string[], env?: NodeJS.ProcessEnv) => Ended;
  /** `npm run policy -- …`, without npm. */
  readonly policy: (args: readonly string[], env?: NodeJS.ProcessEnv) => Ended;
  readonly nx: (args: readonly string[], env?: NodeJS.ProcessEnv) => Ended;
  /** What `during` gives, with some files changed for the time; undefined removes one. */
  readonly withFiles: <T>(files: Readonly<Record<string, string | undefined>>, during: () => T) => T;
  /** Content of a file, which must be there. */
  readonly read: (path: string) => string;
}

const TIMEOUT_MS = 120_000;

export function makeSandbox(): Sandbox {
  const copy = makeScratchCopy(REPOSITORY_ROOT);
  const node: Sandbox['node'] = (args, env = {}) => {
    const options = { cwd: copy.path, env: { ...detachedEnvironment(), ...env }, encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: 256 * 1024 * 1024 } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [...args], options);
    return { code: status, stdout, stderr };
  };
  return {
    copy,
    node,
    policy: (args, env) => node(['tools/policy/bin/policy.mjs', ...args], env),
    nx: (args, env) => node(['node_modules/.bin/nx', ...args], env),
    withFiles: (files, during) => {
      const revert = copy.apply(new Map(Object.entries(files)));
      try {
        return during();
      } finally {
        revert();
      }
    },
    read: (path) => copy.read(path) ?? '',
  };
}
