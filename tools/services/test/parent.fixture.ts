import { spawnServer } from '../src/spawn-server.js';

// A parent with one child that would run on for ever; prints the child's pid.
const server = spawnServer({ command: process.execPath, args: ['-e', 'console.log("up"); setInterval(() => {}, 1000)'] });
server.child.stdout?.once('data', () => process.stdout.write(`${server.pid}\n`));
if (process.argv[2] === 'exit') process.stdin.once('data', () => process.exit(0));
