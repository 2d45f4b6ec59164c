import { runMigrate } from './compose-migrate.js';

const { code, stdout, stderr } = await runMigrate(process.argv.slice(2), process.env);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
