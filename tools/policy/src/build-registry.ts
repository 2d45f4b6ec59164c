import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { readRules, registryFile, renderRegistry } from './rules/read-rules.js';

/** Writes the registry anew from the metadata of the rules. */
const policies = resolve(import.meta.dirname, '../../../policies');
const rules = readRules(policies);
writeFileSync(join(policies, registryFile), renderRegistry(rules));
process.stdout.write(`policies/${registryFile}: ${String(rules.length)} rules\n`);
