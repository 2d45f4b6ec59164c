#!/usr/bin/env node
// Runs the `arqon` command from its TypeScript sources, in this process and without a build. Nothing newer than `import()` may
// stand at the top of this file, so that an old Node reaches the message below.

const LOWEST_MAJOR = 20;
const LOWEST_MINOR = 19;
const EXIT_CONFIGURATION = 78;
const EXIT_INTERNAL = 70;

// Before anything slow: a parent that dies while this loads must still be noticed as the one that is missing.
const parentPid = process.ppid;

async function run() {
  const { register: registerHooks } = await import('node:module');
  const { register: registerTypeScript } = await import('tsx/esm/api');
  registerTypeScript({ tsconfig: false });
  registerHooks('./source-condition.mjs', import.meta.url);
  const { main } = await import('../src/main.ts');
  await main({ parentPid });
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < LOWEST_MAJOR || (major === LOWEST_MAJOR && minor < LOWEST_MINOR)) {
  console.error(`arqon: needs Node ${LOWEST_MAJOR}.${LOWEST_MINOR} or later, this is ${process.versions.node} (NODE_TOO_OLD)`);
  process.exitCode = EXIT_CONFIGURATION;
} else {
  run().catch((error) => {
    console.error('arqon: cannot start (INTERNAL)');
    console.error(error);
    process.exitCode = EXIT_INTERNAL;
  });
}
