import { findGeneratedDrift } from './generated-drift.js';

const drift = findGeneratedDrift();
for (const line of drift) console.error(line);
if (drift.length > 0) {
  console.error('libs/proto/src differs from what proto/ generates: run `npm run generate` and commit the result.');
  process.exitCode = 1;
}
