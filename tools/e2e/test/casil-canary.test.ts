import { afterEach, describe, expect, it } from 'vitest';
import type { Settings } from '../src/index.js';
import { Canary } from './casil-canary.js';
import { CasilSystem } from './casil-system.js';

const redactSecrets = JSON.stringify([{ name: 'redact-secrets', categories: ['secret'], action: 'redact' }]);

let system: CasilSystem | undefined;
afterEach(async () => {
  await system?.stop();
  system = undefined;
});

async function start(casil: Settings): Promise<CasilSystem> {
  system = await CasilSystem.start(casil);
  return system;
}

/** Forms of the canary by the output that shows them; empty when none does. */
function leaks(canary: Canary, outputs: Record<string, string>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(outputs).map(([name, text]) => [name, canary.leaksIn(text)] as const).filter(([, found]) => found.length > 0));
}

/** Proves that the outputs hold what they should, so that a clean one means something. */
function expectOutputs(outputs: Record<string, string>): void {
  expect(outputs['log of the Spine']).toMatch(/content inspection (acted|noted)/);
  expect(outputs['metrics of the Spine']).toMatch(/^arqon_casil_probable_secrets_total[^\n]* [1-9]/m);
  expect(outputs['status of the Spine']).toContain('uptime');
  expect(outputs['offenders']).toContain('sender');
  expect(outputs['events of inspection']).toContain('github-personal-token');
  expect(outputs['traces']).toContain('arqon.tenant');
  expect(outputs['audit of the Spine']).not.toBe('');
}

describe('a canary secret sent through the whole system (E20)', () => {
  it('is blocked in every way, and stands nowhere', async () => {
    const running = await start({});
    const canary = new Canary();
    const outcomes = await running.sendEverywhere(canary);
    expect(new Set(Object.values(outcomes)), JSON.stringify(outcomes)).toEqual(new Set(['CASIL_POLICY_BLOCKED_SECRET']));
    const readBack = await running.readBack();
    const outputs = await running.operatorOutputs();
    expectOutputs(outputs);
    expect(outputs['errors of clients']).toContain('CASIL_POLICY_BLOCKED_SECRET');
    const others = { messages: running.seen.join('\n'), 'history, replay and resume': readBack.join('\n'), 'bytes of a client': running.clientBytes, database: running.database };
    expect(readBack.join('\n')).toContain('the last word');
    expect(others.database).toContain('the last word');
    expect(leaks(canary, { ...outputs, ...others })).toEqual({});
  }, 90_000);

  it('is redacted in every way where a policy says so, and stands nowhere', async () => {
    const running = await start({ 'casil.policies': redactSecrets, 'casil.log_payload_bytes': '4096' });
    const canary = new Canary();
    const outcomes = await running.sendEverywhere(canary);
    expect(new Set(Object.values(outcomes)), JSON.stringify(outcomes)).toEqual(new Set(['taken']));
    const delivered = running.seen.filter((line) => line.includes('[REDACTED'));
    expect(delivered.length).toBeGreaterThanOrEqual(Object.keys(outcomes).length);
    const readBack = await running.readBack();
    const outputs = await running.operatorOutputs();
    expectOutputs(outputs);
    expect(outputs['log of the Spine']).toContain('[REDACTED');
    const others = { messages: running.seen.join('\n'), 'history, replay and resume': readBack.join('\n'), 'bytes of a client': running.clientBytes, database: running.database };
    for (const text of Object.values(others)) expect(text).toContain('REDACTED');
    expect(leaks(canary, { ...outputs, ...others })).toEqual({});
  }, 90_000);

  it('in monitor mode stands in the message and in history alone, with payloads logged', async () => {
    const running = await start({ 'casil.mode': 'monitor', 'casil.log_payload_bytes': '4096' });
    const canary = new Canary();
    const outcomes = await running.sendEverywhere(canary);
    expect(new Set(Object.values(outcomes)), JSON.stringify(outcomes)).toEqual(new Set(['taken']));
    const readBack = await running.readBack();
    const outputs = await running.operatorOutputs();
    expectOutputs(outputs);
    expect(outputs['log of the Spine']).toContain('[REDACTED');
    expect(leaks(canary, outputs)).toEqual({});
    for (const text of [running.seen.join('\n'), readBack.join('\n'), running.clientBytes, running.database]) expect(canary.leaksIn(text)).not.toEqual([]);
  }, 90_000);
});

describe('a canary secret where logs are configured to show it', () => {
  it('stands in the log and in events, but not of topics that are never logged (N4)', async () => {
    const running = await start({
      'casil.mode': 'monitor', 'casil.log_payload_bytes': '256', 'casil.redaction.targets': 'transport,history', 'casil.never_log_payload_for': 'secure:*',
    });
    const [shown, hidden] = [new Canary(), new Canary()];
    for (const [room, { token }] of [['open', shown], ['secure', hidden]] as const) await running.sender.publish(room, { type: 'text/plain', payload: token });
    const outputs = await running.operatorOutputs();
    expect(Object.keys(leaks(shown, outputs)).sort()).toEqual(['events of inspection', 'log of the Spine']);
    expect(leaks(hidden, outputs)).toEqual({});
    expect(outputs['log of the Spine']).toContain('"room":"secure"');
  });
});
