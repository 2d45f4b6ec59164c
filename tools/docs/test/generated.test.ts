import { describe, expect, it } from 'vitest';
import { closeCodes, errorTable } from '@arqonbus/errors';
import { CommandSchema } from '@arqonbus/proto';
import { generatedDocuments, readDocument, readSection, readTableRows } from '../src/index.js';

const protocol = readDocument('docs/protocol.md').text;

describe('generatedDocuments()', () => {
  it('equal what is committed; else run `npm run docs:generate` (M8, P7)', async () => {
    for (const { path, text } of await generatedDocuments()) expect(readDocument(path).text, path).toBe(text);
  });
});

describe('docs/protocol.md', () => {
  it('lists exactly the error codes of libs/errors, with their ids (P7)', () => {
    const rows = readTableRows(readSection(protocol, '## Error codes')).slice(1);
    const documented = rows.map(([code, id, , retry, close]) => [code?.replaceAll('`', ''), Number(id), retry === 'yes', close === '' ? undefined : Number(close)]);
    const defined = Object.entries(errorTable).map(([code, row]) => [code, row.id, row.retryable, 'closeCode' in row ? row.closeCode : undefined]);
    expect(documented).toEqual(defined.sort((a, b) => Number(a[1]) - Number(b[1])));
  });

  it('lists exactly the close codes of libs/errors', () => {
    const rows = readTableRows(readSection(protocol, '## Close codes')).slice(1);
    expect(rows.map(([code, reason]) => [Number(code), reason])).toEqual(Object.values(closeCodes).map(({ code, reason }) => [code, reason]).sort());
  });

  it('names no code that does not exist', () => {
    const known = new Set([...Object.keys(errorTable), 'SLOW_READER', 'MEMORY']);
    const named = [...protocol.matchAll(/`([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)`/g)].map(([, code]) => code ?? '');
    expect(named.filter((code) => !known.has(code) && !/^(ARQON|DURABILITY|EPISODE_EVENT_TYPE)_/.test(code))).toEqual([]);
  });

  it('explains every command of the contract (C5, C10)', () => {
    const rows = readTableRows(readSection(protocol, '## Other commands')).slice(1);
    const explained = rows.flatMap(([names]) => [...(names ?? '').matchAll(/`([a-z_]+)`/g)].map(([, name]) => name));
    expect(explained.sort()).toEqual(CommandSchema.fields.map((field) => field.name).sort());
  });

  it.each(['welcome', 'published', 'gap', 'token_expiring', 'draining', 'presence', 'disconnect', 'ban'])('explains the signal %s', (name) => {
    const prose = protocol.slice(0, protocol.indexOf('## Message reference'));
    expect(prose).toMatch(new RegExp(`\`(Signal\\.)?${name}\\b`));
  });
});
