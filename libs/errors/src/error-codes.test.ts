import { describe, expect, it } from 'vitest';
import { closeActionOf, closeCodes } from './close-codes.js';
import { errorTable, type ErrorRow } from './error-codes.js';

const rows: [code: string, row: ErrorRow][] = Object.entries(errorTable);
const casilCodes = rows.filter(([code]) => code.startsWith('CASIL_'));

describe('errorTable', () => {
  it('gives every code an id of its own (G10)', () => {
    expect(new Set(rows.map(([, { id }]) => id)).size).toBe(rows.length);
  });

  it.each(rows)('%s is upper case, has a sentence for people, and an id in a range', (code, { id, message }) => {
    expect(code).toMatch(/^[A-Z][A-Z0-9_]*$/);
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(id % 100).toBeGreaterThan(0);
    expect([10, 11, 12, 13, 14, 15, 16]).toContain(Math.floor(id / 100));
  });

  it('lists its codes in the order of their ids', () => {
    const ids = rows.map(([, { id }]) => id);
    expect([...ids].sort((left, right) => left - right)).toEqual(ids);
  });

  it('keeps the 1500 s for CASIL and CASIL in the 1500 s', () => {
    expect(rows.filter(([, { id }]) => id >= 1500 && id < 1600).map(([code]) => code)).toEqual(casilCodes.map(([code]) => code));
    expect(casilCodes.map(([code]) => code).sort()).toEqual([
      'CASIL_INTERNAL_ALLOW', 'CASIL_INTERNAL_BLOCK', 'CASIL_INTERNAL_ERROR', 'CASIL_MONITOR_MODE',
      'CASIL_POLICY_BLOCKED', 'CASIL_POLICY_BLOCKED_SECRET', 'CASIL_POLICY_OVERSIZE',
    ]);
  });

  it('keeps the 1600 s for Continuum and Continuum in the 1600 s', () => {
    const ofContinuum = /^EPISODE_|^PROJECTION_|_(DEAD_LETTER|BACKFILL)$/;
    expect(rows.filter(([, { id }]) => id >= 1600).map(([code]) => code)).toEqual(rows.filter(([code]) => ofContinuum.test(code)).map(([code]) => code));
  });

  it('closes only with codes of the table of closes', () => {
    const known: readonly number[] = Object.values(closeCodes).map(({ code }) => code);
    for (const [, { closeCode }] of rows) if (closeCode !== undefined) expect(known).toContain(closeCode);
  });

  it('calls a code that asks to come back later retryable, and one that asks to mend something not', () => {
    for (const [code, { closeCode, retryable }] of rows) {
      if (closeCode === undefined || closeCode === closeCodes.tooFast.code) continue;
      expect([code, retryable]).toEqual([code, closeActionOf(closeCode) !== 'mend']);
    }
  });

  it('shows operators alone what would tell a client how it is watched', () => {
    const hidden = rows.filter(([, { audience }]) => audience === 'operator').map(([code]) => code);
    expect(hidden).toEqual(['CASIL_MONITOR_MODE', 'CASIL_INTERNAL_ALLOW']);
  });
});
