#!/usr/bin/env node
// Starts the checks of `npm test`. Plain JavaScript of an old dialect, so that an old Node reaches the message below.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LOWEST_MAJOR = 20;
const LOWEST_MINOR = 19;

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < LOWEST_MAJOR || (major === LOWEST_MAJOR && minor < LOWEST_MINOR)) {
  console.error(`ArqonBus needs Node ${LOWEST_MAJOR}.${LOWEST_MINOR} or later; this is ${process.versions.node}.`);
  process.exit(1);
}

const workspaceRoot = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const runner = join(workspaceRoot, 'tools/repo/src/run-checks.ts');
const child = spawn(
  process.execPath,
  ['--conditions=@arqonbus/source', '--import', 'tsx/esm', runner, ...process.argv.slice(2)],
  { cwd: workspaceRoot, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
