import { programArgs, startProcess, type TestTokenOptions } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentBytes, whilePairsTalk } from './load.js';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, publish } from './wire.js';

const mebibyte = 1_048_576;

describe('beside two pairs that talk', () => {
  let spine: RunningSpine;
  beforeAll(async () => { spine = await startSpineProcess(); });
  afterAll(async () => { await spine.stop(); });

  async function flood(token: TestTokenOptions): Promise<{ code: number; sentCount: number; refusedCount: number }> {
    const child = await startProcess({
      args: [...programArgs(new URL('flood-source.ts', import.meta.url)), spine.serviceUrl, await spine.issuer.token(token), 'flooded'],
    });
    await child.exited;
    return child.output.messages[0] as { code: number; sentCount: number; refusedCount: number };
  }

  it.each([['client'], ['service']])('a flood by the role %s is refused or closed with 4529, and the others keep their p99 (G6)', async (role) => {
    const before = await residentBytes(spine);
    const { result, pairs, boundMs } = await whilePairsTalk(spine, () => flood({ sub: `flood-${role}`, publish: ['flooded'], roles: [role] }));
    expect(result.sentCount).toBeGreaterThan(100);
    // The welcome is no refusal.
    if (role === 'client') expect(result.code === 4529 || result.refusedCount > 1).toBe(true);
    expect([4529, 1000, 1005, 1006]).toContain(result.code);
    for (const pair of pairs) {
      expect(pair.received).toBe(pair.sent);
      expect(pair.p99Ms).toBeLessThan(boundMs);
    }
    expect(await residentBytes(spine) - before).toBeLessThan(150 * mebibyte);
  });

  it('a client that never reads 36 MB costs bounded memory, and the others keep their p99 (G7)', async () => {
    const writer = await spine.connect({ sub: 'heavy-w', publish: ['heavy'], roles: ['service'] });
    const filler = 'x'.repeat(60_000);
    const before = await residentBytes(spine);
    const { pairs, boundMs } = await whilePairsTalk(spine, async (round) => {
      const stuck = await spine.connect({ sub: `stuck-${String(round)}`, subscribe: ['heavy'] });
      await command(stuck, { case: 'join', value: { room: 'heavy' } });
      stuck.pause();
      for (let n = 0; n < 600; n += 1) await publish(writer, { room: 'heavy', payloads: [filler] });
      await command(writer, { case: 'ping', value: {} });
      expect(await residentBytes(spine) - before).toBeLessThan(150 * mebibyte);
      stuck.terminate();
    });
    for (const pair of pairs) {
      expect(pair.received).toBe(pair.sent);
      expect(pair.p99Ms).toBeLessThan(boundMs);
    }
    await writer.close();
  });
});
