// Runs the `arqon` command as it is compiled, and so the servers that it starts: in the place of bin/arqon.mjs, which runs the sources.

// Before anything slow, as there: a parent that dies while this loads must still be noticed as the one that is missing.
const parentPid = process.ppid;
const { main } = await import(new URL('../dist/main.js', import.meta.url).href);
await main({ parentPid });
