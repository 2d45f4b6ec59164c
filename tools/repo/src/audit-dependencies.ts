import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { judgeAudit, type AcceptedAdvisory } from './audit-report.js';
import { WORKSPACE_ROOT } from './workspace.js';

/**
 * `node … audit-dependencies.ts`: asks the registry for vulnerabilities of what package-lock.json lists. Exit code: 0 none, or accepted
 * ones alone; 1 some that policies/data/advisories.json does not accept; 3 no answer.
 */
const EXIT_CODES = { clean: 0, vulnerable: 1, unanswered: 3 } as const;
const TIMEOUT_MS = 120_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

const { advisories } = JSON.parse(readFileSync(join(WORKSPACE_ROOT, 'policies/data/advisories.json'), 'utf8')) as { advisories: AcceptedAdvisory[] };
const audit = spawnSync('npm', ['audit', '--json', '--package-lock-only'], { cwd: WORKSPACE_ROOT, encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES });
const verdict = judgeAudit(audit.stdout, advisories, new Date().toISOString().slice(0, 10));
for (const line of verdict.lines) console.log(line);
process.exitCode = EXIT_CODES[verdict.outcome];
