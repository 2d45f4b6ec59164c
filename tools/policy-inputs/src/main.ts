import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { syntaxSources, workspaceSources } from './all-sources.js';
import { collectFacts } from './collect-facts.js';
import { openWorkspace } from './workspace.js';

/** `node … main.ts [OUT]`: writes the facts of this repository as JSON, for looking at them by hand. */
const root = resolve(import.meta.dirname, '../../..');
const facts = await collectFacts(openWorkspace({ root }), { syntaxSources, workspaceSources });
const text = `${JSON.stringify(facts)}\n`;
const [out] = process.argv.slice(2);
if (out === undefined) process.stdout.write(text);
else writeFileSync(out, text);
