import { fromBinary } from '@bufbuild/protobuf';
import { CallSchema } from '@arqonbus/proto';
import { isArqonError, type Bus } from '@arqonbus/sdk';
import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../src/index.js';

const admin = { sub: 'root', roles: ['admin'], publish: [], subscribe: [] };
const counterRights = { roles: ['service'], publish: [], subscribe: ['sys.calls:counter'] };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Follows the calls of the service `counter`; it answers with what it was asked, and refuses what it does not know. */
async function serve(bus: Bus, served: string[] = []): Promise<void> {
  const calls = await bus.join('sys.calls:counter');
  calls.on('message', (message) => {
    const { name, args } = fromBinary(CallSchema, message.payload);
    served.push(`${message.sender} ${name} ${new TextDecoder().decode(args)}`);
    const answered = name === 'counter.count' ? message.reply({ type: 'text/plain', payload: args }) : message.replyError({ code: 'UNSUPPORTED_COMMAND', message: `no ${name}`, field: 'name' });
    answered.catch((error: unknown) => served.push(String(error)));
  });
}

function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(() => 'answered', (error: unknown) => (isArqonError(error) ? error.code : String(error)));
}

describe('calls over the Shield', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start();
  });
  afterAll(() => cluster.stop());

  it('reach the service of their tenant and no other, and nobody who is no admin calls', async () => {
    const served: Record<'acme' | 'other', string[]> = { acme: [], other: [] };
    await serve(await cluster.bus({ ...counterRights, tenant: 'acme', sub: 'counter-1' }), served.acme);
    await serve(await cluster.bus({ ...counterRights, tenant: 'other', sub: 'counter-1' }), served.other);
    const caller = await cluster.bus({ ...admin, tenant: 'acme' });
    expect((await caller.call('counter.count', bytes('17'))).text).toBe('17');
    await expect(caller.call('counter.forget')).rejects.toMatchObject({ name: 'ArqonError', code: 'UNSUPPORTED_COMMAND', field: 'name' });
    expect(await codeOf(caller.call('absent.count'))).toBe('NO_RESPONDERS');
    for (const roles of [['client'], ['operator'], ['service']]) {
      const other = await cluster.bus({ tenant: 'acme', sub: roles[0], roles, publish: ['sys.*'], subscribe: ['sys.*'] });
      expect(await codeOf(other.call('counter.count'))).toBe('NOT_PERMITTED');
      expect(await codeOf(other.publish('sys.calls:counter', { type: 'arqon.v1.Call', payload: bytes('forged') }))).toBe('NOT_PERMITTED');
    }
    expect(await codeOf((await cluster.bus({ ...admin, tenant: 'third' })).call('counter.count'))).toBe('NO_RESPONDERS');
    expect(served).toEqual({ acme: ['root counter.count 17', 'root counter.forget '], other: [] });
  });

  it('are all answered, many at a time, each with its own answer', async () => {
    await serve(await cluster.bus({ ...counterRights, tenant: 'busy', sub: 'counter-1' }));
    const caller = await cluster.bus({ ...admin, tenant: 'busy' });
    const numbers = Array.from({ length: 500 }, (_, index) => String(index));
    const answers = await Promise.all(numbers.map((number) => caller.call('counter.count', bytes(number))));
    expect(answers.map(({ text }) => text)).toEqual(numbers);
  });

  it('outlast a Shield that is killed', async () => {
    await serve(await cluster.bus({ ...counterRights, tenant: 'shaken', sub: 'counter-1' }));
    const caller = await cluster.bus({ ...admin, tenant: 'shaken' });
    expect((await caller.call('counter.count', bytes('before'))).text).toBe('before');
    await cluster.shields[0].stop('SIGKILL');
    await cluster.shields[0].restart();
    // Until the service is back there is nobody to answer.
    let answered = '';
    await waitFor(async () => {
      answered = await caller.call('counter.count', bytes('after')).then(({ text }) => text, () => '');
      return answered !== '';
    }, { timeoutMs: 40_000, what: 'an answer after the restart' });
    expect(answered).toBe('after');
  });
});

describe('calls between Spines that share a Redis', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start({ store: 'redis', spineCount: 2, shieldCount: 2 });
  }, 120_000);
  afterAll(() => cluster.stop());

  it('reach a service of the other Spine, and the first answer of several instances counts', async () => {
    const served: string[] = [];
    await serve(await cluster.bus({ ...counterRights, sub: 'counter-1' }, { shieldIndex: 1 }), served);
    await serve(await cluster.bus({ ...counterRights, sub: 'counter-2' }, { shieldIndex: 0 }), served);
    const caller = await cluster.bus(admin, { shieldIndex: 0 });
    const answer = await caller.call('counter.count', bytes('17'));
    expect(answer.text).toBe('17');
    expect(['counter-1', 'counter-2']).toContain(answer.sender);
    await waitFor(() => served.length === 2, { what: 'both instances to get the call' });
    expect(served).toEqual(['root counter.count 17', 'root counter.count 17']);
  });

  it('to nobody time out: none of the Spines knows who follows the others', async () => {
    const caller = await cluster.bus(admin);
    expect(await codeOf(caller.call('absent.count', undefined, { timeoutMs: 1_000 }))).toBe('TIMEOUT');
  });
});
