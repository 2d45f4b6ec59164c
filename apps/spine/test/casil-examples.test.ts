import type { Frame } from '@arqonbus/proto';
import { waitFor, type RawWireClient } from '@arqonbus/testkit';
import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { inspectionsOf, newToken, publishEvents, refusedRun } from './casil.js';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { eventsOf, join } from './wire.js';

const folder = new URL('../../../docs/examples/casil/', import.meta.url).pathname;

let spine: RunningSpine | undefined;
afterEach(async () => {
  await spine?.stop();
  spine = undefined;
});

/** A Spine whose settings file is the example as it stands, and two clients of it. */
async function startWithExample(name: string): Promise<{ spine: RunningSpine; publisher: RawWireClient; reader: RawWireClient }> {
  const started = await startSpineProcess({}, undefined, ['--config', `${folder}${name}`]);
  spine = started;
  const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*', 'sys.*'], roles: ['service'] };
  return { spine: started, publisher: await started.connect({ ...everything, sub: 'publisher' }), reader: await started.connect({ ...everything, sub: 'reader' }) };
}

const has = (text: string) => (frame: Frame): boolean => eventsOf(frame).some((event) => event.text.includes(text));

/** A JSON Web Token whose parts are made here. */
function newJwt(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'publisher', iat: Date.now() })}.${Buffer.from(newToken() + newToken()).subarray(0, 32).toString('base64url')}`;
}

describe('docs/examples/casil', () => {
  it('has a test for each file (E31)', () => {
    expect(readdirSync(folder).sort()).toEqual(['block-api-keys.yaml', 'never-log-secure-rooms.yaml', 'production.yaml', 'tag-large-ai-messages.yaml']);
  });

  it('never-log-secure-rooms.yaml shows how payloads begin, redacted, but of secure rooms and inboxes no byte (E31)', async () => {
    const { spine: started, publisher, reader } = await startWithExample('never-log-secure-rooms.yaml');
    await join(reader, 'sys.casil');
    const token = newToken();
    const event = { type: 'text/plain', payload: `the harvest is ${token}` };
    await refusedRun(publisher, 'secure-vault', [event]);
    await refusedRun(publisher, 'plans', [event]);
    const shown = [await reader.next((frame) => inspectionsOf(frame).some(({ room }) => room === 'plans'))].flatMap(inspectionsOf);
    const excerpts = new Map(shown.map(({ room, payloadExcerpt }) => [room, Buffer.from(payloadExcerpt).toString()]));
    expect(excerpts.get('plans')).toBe('the harvest is [REDACTED:github-personal-token]');
    expect(excerpts.get('secure-vault') ?? '').toBe('');
    const lines = (): string[] => JSON.stringify(started.process.output).split('content inspection acted').slice(1);
    await waitFor(() => lines().length >= 2, { what: 'two lines of the log' });
    expect(JSON.stringify(started.process.output).match(/the harvest/g)).toHaveLength(1);
    expect(JSON.stringify(started.process.output)).not.toContain(token);
  });

  it('block-api-keys.yaml blocks keys everywhere and lets web tokens pass in one room (E31)', async () => {
    const { publisher, reader } = await startWithExample('block-api-keys.yaml');
    await join(reader, 'sign-in');
    const jwt = newJwt();
    expect(await refusedRun(publisher, 'plans', [{ payload: JSON.stringify({ note: newToken() }) }])).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET' });
    expect(await refusedRun(publisher, 'plans', [{ payload: JSON.stringify({ note: jwt }) }])).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET' });
    expect(await refusedRun(publisher, 'sign-in', [{ payload: JSON.stringify({ note: newToken() }) }])).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET' });
    await publishEvents(publisher, 'sign-in', [{ payload: JSON.stringify({ note: jwt }) }]);
    await reader.next(has(jwt));
  });

  it('tag-large-ai-messages.yaml lets large messages pass with a tag that subscribers get (E31)', async () => {
    const { publisher, reader } = await startWithExample('tag-large-ai-messages.yaml');
    await join(reader, 'ai-chat');
    const send = async (word: string, bytes: number): Promise<Frame> => {
      await publishEvents(publisher, 'ai-chat', [{ type: 'text/plain', payload: `${word} ${'and so on '.repeat(bytes / 10)}` }]);
      return reader.next(has(word));
    };
    expect((await send('small', 1_000)).batches[0]?.stamp?.inspection).toBeUndefined();
    expect((await send('large', 40_000)).batches[0]?.stamp?.inspection).toMatchObject({ decision: 'allow', kind: 'plain', flags: ['large-ai-message'] });
    expect((await send('larger', 80_000)).batches[0]?.stamp?.inspection).toMatchObject({ decision: 'allow', kind: 'oversize', flags: ['large-ai-message', 'not_fully_inspected', 'oversize'] });
  });

  it('production.yaml blocks secrets and what is too large, masks personal data, and shows nothing (E31, P19)', async () => {
    const { spine: started, publisher, reader } = await startWithExample('production.yaml');
    await join(reader, 'plans');
    const token = newToken();
    expect(await refusedRun(publisher, 'plans', [{ payload: JSON.stringify({ note: token }) }])).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET' });
    expect(await refusedRun(publisher, 'plans', [{ type: 'text/plain', payload: 'and so on '.repeat(7_000) }])).toMatchObject({ code: 'CASIL_POLICY_OVERSIZE' });
    await publishEvents(publisher, 'plans', [{ payload: JSON.stringify({ step: 1, mail: 'jo@example.org', customer: 'CN-12345678', user: { ssn: 'none' } }) }]);
    const frame = await reader.next(has('step'));
    expect(JSON.parse(eventsOf(frame)[0]?.text ?? '')).toEqual({
      step: 1, mail: '[REDACTED:email-address]', customer: '[REDACTED:customer-number]', user: { ssn: '[REDACTED:field]' },
    });
    expect(frame.batches[0]?.stamp?.inspection).toBeUndefined();
    expect(JSON.stringify(started.process.output)).not.toContain(token);
    expect(JSON.stringify(started.process.output)).not.toContain('jo@example.org');
  });
});
