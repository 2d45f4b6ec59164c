import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newToken, publishEvents } from './casil.js';
import { bodiesOf, startSpineProcess, type RunningSpine } from './spine-process.js';

let spine: RunningSpine;
beforeAll(async () => { spine = await startSpineProcess(); });
afterAll(() => spine.stop());

describe('the Spine of the tests', () => {
  it('inspects content in the runs that say so, and in those alone (E1)', async () => {
    const client = await spine.connect({ publish: ['plans'] });
    await publishEvents(client, 'plans', [{ payload: newToken(), type: 'text/plain' }], { ack: { producer: 5n, run: 1n } });
    const answer = await client.next((frame) => bodiesOf(frame).length > 0);
    expect(bodiesOf(answer).map((body) => body.case)).toEqual([process.env['ARQON_TEST_CASIL'] === 'on' ? 'error' : 'signal']);
  });
});
