import { describe, expect, it } from 'vitest';
import { isClientId, isRoomName, isTenantId } from '@arqonbus/tenancy';
import { loadSettingsSchemas, readDocument } from '../src/index.js';

const schemas = await loadSettingsSchemas();

function defaultOf(app: string, key: string): number {
  const value = schemas.find(({ appName }) => appName === app)?.specs.find((spec) => spec.key === key)?.defaultValue;
  if (typeof value !== 'number') throw new Error(`${app} has no number setting ${key}`);
  return value;
}

const seconds = (app: string, key: string): string => String(defaultOf(app, key) / 1_000);
const grouped = (app: string, key: string): string => defaultOf(app, key).toLocaleString('en-US');

describe('numbers in the text', () => {
  it.each([
    ['docs/protocol.md', `silent for ${seconds('shield', 'limits.idle_ms')} s (\`limits.idle_ms\`)`],
    ['docs/protocol.md', `About ${seconds('spine', 'auth.expiry_notice_ms')} s before its end`],
    ['docs/protocol.md', `idle for ${String(defaultOf('spine', 'history.producer_idle_ms') / 60_000)} minutes`],
    ['docs/protocol.md', `among the newest ${grouped('spine', 'limits.reply_search_events_count')} of a topic`],
    ['docs/protocol.md', `wss://host:${String(defaultOf('shield', 'listen.port'))}/`],
    ['docs/protocol.md', `own door, \`ws://127.0.0.1:${String(defaultOf('spine', 'service.port'))}\``],
    ['docs/protocol.md', `link door (\`ws://127.0.0.1:${String(defaultOf('spine', 'link.port'))}\` by default)`],
    ['docs/quickstart.md', `${grouped('spine', 'limits.max_envelope_bytes')} bytes per envelope`],
    ['docs/quickstart.md', `${grouped('spine', 'limits.events_per_second')} events per second and session`],
    ['docs/quickstart.md', `history of ${grouped('spine', 'history.max_events_count')} events or an hour`],
    ['docs/quickstart.md', `wss://127.0.0.1:${String(defaultOf('shield', 'listen.port'))}/v1`],
  ])('%s says "%s", as the settings do (P18)', (path, text) => {
    expect(readDocument(path).text).toContain(text);
  });

  it('give an hour for the age of history', () => {
    expect(defaultOf('spine', 'history.max_age_ms')).toBe(3_600_000);
  });
});

describe('grammars in docs/protocol.md', () => {
  const text = readDocument('docs/protocol.md').text;
  const grammarAfter = (words: string): RegExp => {
    const found = new RegExp(`${words.replace(/[|\\{}()[\]^$+*?.]/g, '\\$&')}[^\`]*\`(\\[[^\`]+)\``).exec(text)?.[1];
    if (found === undefined) throw new Error(`no grammar after "${words}"`);
    return new RegExp(`^${found}$`);
  };
  const samples = ['', 'a', 'A', '9', '-a', '.a', 'a.b', 'a-b_c', 'a@b', 'a:b', 'ä', 'a b', 'a'.repeat(64), 'a'.repeat(65), 'a'.repeat(128), 'a'.repeat(129)];

  it.each([
    ['Room and channel are', isRoomName],
    ['client id, ', isClientId],
    ['tenant, ', isTenantId],
  ] as const)('the one after "%s" is the one in force', (words, isName) => {
    const grammar = grammarAfter(words);
    for (const sample of samples) expect(grammar.test(sample), sample).toBe(isName(sample));
  });
});
