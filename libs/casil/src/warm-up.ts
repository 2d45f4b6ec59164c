import { inspectMessage } from './inspect-message.js';
import type { Ruleset } from './ruleset.js';

/** Text with something of everything that makes inspection look closer: assignments, addresses, escapes, encodings, long runs. */
const sample = [
  '{"user":"u-17","password":"not really","api_key":"xxxxxxxx","note":"caf\\u00e9 \\"quoted\\"","url":"https://user:pass@host.example/p?token=abc&n=%41%42"}',
  'Authorization: Bearer abc.def.ghi', 'export SECRET_TOKEN=${FROM_VAULT} --password hunter2 sk-ghp_AKIA', '<add key="clientSecret" value="changeme"/> &lt;&#65;',
  btoa('{"nested":{"password":"abc","token":"def"}}'.repeat(4)), '0af7651916cd43dd8448eb211c80319c'.repeat(8),
  '-----BEGIN CERTIFICATE-----', 'eyJhbGciOiJub25lIn0', '2026-01-31T12:00:00Z INFO request id=7f3c took=12ms',
].join('\n');

const roundCount = 40;

/**
 * Inspects a sample some times, so that what comes then runs as in a process that has been running: compiled, its tables filled. Takes about a tenth of a
 * second; to be called before messages are taken.
 */
export function warmUp(ruleset: Ruleset): void {
  const encoder = new TextEncoder();
  const payloads = [encoder.encode(sample), encoder.encode(sample.repeat(6))];
  for (let round = 0; round < roundCount; round += 1) {
    for (const payload of payloads) inspectMessage({ type: 'text/plain', payload, room: '', channel: '' }, ruleset);
  }
}
