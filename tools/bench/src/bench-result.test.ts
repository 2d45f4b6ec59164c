import { describe, expect, it } from 'vitest';
import { summariseCase } from './bench-result.js';
import type { LoadResult } from './generator/run-load.js';
import { formatMarkdown } from './report/format-markdown.js';
import { formatSvg } from './report/format-svg.js';
import { formatTable } from './report/format-table.js';

const benchCase = { id: 'P2a', subscriberCount: 100, runLength: 64, goal: 2 } as const;

function loadResult(deliveriesPerSecond: number, shares: { generator?: number; server?: number } = {}): LoadResult {
  return {
    sentCount: 512,
    deliveryCount: 51_200,
    elapsedMs: 100,
    deliveriesPerSecond,
    generatorCpuShare: shares.generator ?? 0.2,
    serverCpuShare: shares.server ?? 1,
    serverCpuSecondsPerMillion: 0.5,
  };
}

function summarise(ours: readonly (LoadResult | null)[], peer: readonly (LoadResult | null)[], notes: readonly string[] = []): ReturnType<typeof summariseCase> {
  const rounds = ours.map((result, round) => ({ ours: result, peer: peer[round] }));
  return summariseCase({ benchCase, rounds, notes, oursPeakRssBytes: 80e6, peerPeakRssBytes: null });
}

describe('summariseCase()', () => {
  it('takes medians of both sides and their ratio', () => {
    const result = summarise([loadResult(9e6), loadResult(6e6), loadResult(7e6)], [loadResult(3.5e6), loadResult(1e6), loadResult(4e6)]);
    expect(result).toMatchObject({ id: 'P2a', ours: 7e6, peer: 3.5e6, ratio: 2, unit: 'msg/s', note: '', ours_peak_rss_bytes: 80e6, peer_peak_rss_bytes: null, ours_cpu_s_per_million: 0.5, cpu_ratio: 1 });
    expect(result.rounds).toEqual([{ ours: 9e6, peer: 3.5e6 }, { ours: 6e6, peer: 1e6 }, { ours: 7e6, peer: 4e6 }]);
  });

  it('has no peer and no ratio without a nats-server, and keeps the reason', () => {
    const result = summarise([loadResult(9e6)], [null], ['no peer: nats-server was not found']);
    expect(result).toMatchObject({ ours: 9e6, peer: null, ratio: null, peer_cpu_s_per_million: null, cpu_ratio: null, note: 'no peer: nats-server was not found' });
    expect(result.rounds).toEqual([{ ours: 9e6, peer: null }]);
  });

  it('tells when the generator was the bottleneck', () => {
    const result = summarise([loadResult(9e6, { generator: 0.97, server: 0.7 }), loadResult(9e6)], [loadResult(1e6), loadResult(1e6)]);
    expect(result.note).toMatch(/the load generator was the bottleneck in 1 of 2 rounds \(ours\)/);
  });

  it('says nothing of a full generator beside a full server', () => {
    expect(summarise([loadResult(9e6, { generator: 0.99, server: 0.9 })], [loadResult(1e6)]).note).toBe('');
  });

  it('tells when the server did not get its core', () => {
    expect(summarise([loadResult(9e6)], [loadResult(1e6, { server: 0.6 })]).note).toMatch(/less than 85 % of its core in 1 of 1 rounds \(peer\)/);
  });
});

describe('formatTable()', () => {
  const results = [summarise([loadResult(9e6)], [loadResult(3e6)], ['peer: x']), { ...summarise([loadResult(9e6)], [null], ['peer: x', 'y']), id: 'P3' }];

  it('shows rates, the ratio and each note once', () => {
    const text = formatTable(results);
    expect(text).toMatch(/P2a +1 → 100, 128 B, runs of 64 +9\.00 M\/s +3\.00 M\/s +3\.00 × +2 ×/);
    expect(text).toMatch(/\nP3: y\n/);
    expect(text.match(/peer: x/g)).toHaveLength(1);
  });

  it('agrees with the page and the plot', () => {
    const machine = { coreCount: 2, processor: 'a processor', memoryGib: 24, system: 'Linux', nodeVersion: '20.20.2', date: '2026-11-21' };
    const page = formatMarkdown({ results, method: ['five rounds'] }, machine);
    expect(page).toContain('| P2a | 1 → 100, 128 B, runs of 64 | 9.00 M/s | 3.00 M/s | 3.00 × | 2 × |');
    expect(page).toContain('- five rounds.');
    const plot = formatSvg(results);
    expect(plot).toContain('>3.00 ×<');
    expect(plot).toContain('>not measured<');
  });
});
