import { createTempFolder, createTestIssuer, RawWireClient, type TempFolder, type TestIssuer } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodiesOf, isWelcome, startSpineProcess } from './spine-process.js';

/** History in files, so that nothing of it is lost with the Spine. */
function durable(folder: TempFolder, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { ARQON_SPINE_HISTORY_STORE: 'embedded', ARQON_SPINE_HISTORY_EMBEDDED_FILE: folder.file('history.db'), ...more };
}

describe('the incarnation that a welcome names (R7)', () => {
  let issuer: TestIssuer;
  let folder: TempFolder;
  beforeAll(async () => {
    issuer = await createTestIssuer();
    folder = createTempFolder('arqon-incarnation-');
  });
  afterAll(async () => {
    folder.remove();
    await issuer.close();
  });

  /** What a Spine with these settings says, to two sessions. */
  async function incarnationsOf(environment: Readonly<Record<string, string>>): Promise<bigint[]> {
    const keepOpen = { ...issuer, close: () => Promise.resolve() };
    const spine = await startSpineProcess(environment, keepOpen);
    try {
      const said: bigint[] = [];
      for (const sub of ['a', 'b']) {
        const client = await RawWireClient.connect(spine.serviceUrl, { token: await issuer.token({ sub }) });
        for (const body of bodiesOf(await client.next(isWelcome))) {
          if (body.case === 'signal' && body.value.body.case === 'welcome') said.push(body.value.body.value.incarnation);
        }
        client.terminate();
      }
      return said;
    } finally {
      await spine.stop();
    }
  }

  it('is the same for all sessions of a Spine with history in memory, and higher after its restart', async () => {
    const [first, second] = await incarnationsOf({});
    expect(first).toBeGreaterThan(0n);
    expect(second).toBe(first);
    const [later] = await incarnationsOf({});
    expect(later).toBeGreaterThan(first);
  });

  it('is 0 where all history is in a store', async () => {
    expect(await incarnationsOf(durable(folder))).toEqual([0n, 0n]);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['a room is in memory', { ARQON_SPINE_ROOMS: '[{"match":"talk","history":"memory"}]' }],
    ['a room may go on in memory', { ARQON_SPINE_ROOMS: '[{"match":"talk","on_store_failure":"degrade"}]' }],
    ['all may go on in memory', { ARQON_SPINE_HISTORY_ON_STORE_FAILURE: 'degrade' }],
  ])('is not 0 where %s', async (_name, more) => {
    const [said] = await incarnationsOf(durable(folder, more));
    expect(said).toBeGreaterThan(0n);
  });
});
