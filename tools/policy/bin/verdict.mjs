#!/usr/bin/env node
// Prints what the policies say of one project and ends with 1 when they deny something. Plain JavaScript, for one runs per project.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [project] = process.argv.slice(2);
if (project === undefined) {
  console.error('Usage: verdict.mjs PROJECT');
  process.exit(2);
}
const path = join(import.meta.dirname, '../../../.cache/policy/report', `${project.replaceAll('/', '__')}.json`);

function readVerdict() {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.error(`${project} was not judged: ${error.message}. Run npm run policy.`);
    return process.exit(3);
  }
}

const verdict = readVerdict();
console.log(verdict.text);
process.exit(verdict.ok === true && verdict.project === project ? 0 : 1);
