import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMetrics } from '@arqonbus/telemetry';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { ProjectorMetrics } from './projector-metrics.js';

interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const file = new URL('../../../../docs/alerts/projector.yml', import.meta.url);
const { groups } = parse(readFileSync(file, 'utf8')) as { readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[] };
const rules = groups.flatMap((group) => group.rules);

/** Names of everything that a projector tells at a scrape. */
async function scrapedNames(): Promise<ReadonlySet<string>> {
  const metrics = startMetrics({ service: 'projector', version: '0', nodeId: 'test' });
  const projector = new ProjectorMetrics(metrics.meter);
  projector.observe({
    partitionsHeld: () => 0, queuedEvents: () => 0, oldestWaitingSeconds: () => 0, openDeadLetters: () => 0, tenantsConnected: () => 0, tenantsPaused: () => 0,
    isStoreUp: () => true, droppedLogLines: () => 0,
  });
  projector.recordLag(1);
  projector.recordBatch({ seconds: 1, bytes: 1 });
  const server = createServer((request, response) => { metrics.handleScrape(request, response); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  onTestFinished(async () => {
    server.close();
    await metrics.shutdown();
  });
  const text = await (await fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`)).text();
  return new Set([...text.matchAll(/^([a-z_]+)(?:\{[^}]*\})? /gm)].map(([, name]) => name));
}

describe('docs/alerts/projector.yml', () => {
  it('has rules with a name of their own, a severity and words for who is woken', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, expr, labels, annotations } of rules) {
      expect(alert).toMatch(/^Projector[A-Za-z]+$/);
      expect(expr).not.toBe('');
      expect(['warning', 'critical']).toContain(labels.severity);
      expect([annotations.summary, annotations.description]).not.toContain('');
    }
  });

  it('covers lag, dead letters, gaps, the database, the bus and partitions that nobody holds (I17)', () => {
    for (const name of ['lag_seconds', 'dead_letters_open', 'events_total', 'gaps_total', 'store_up', 'tenants_connected', 'partitions_held', 'oldest_waiting_seconds']) {
      expect(rules.some(({ expr }) => expr.includes(`arqon_projector_${name}`))).toBe(true);
    }
  });

  it('names metrics alone that a projector has', async () => {
    const names = await scrapedNames();
    const named = rules.flatMap(({ expr }) => [...expr.matchAll(/arqon_[a-z_]+/g)].map(([name]) => name));
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect([...names]).toContain(name);
  });

  it('names no tenant in a label', async () => {
    expect([...(await scrapedNames())].filter((name) => name.includes('tenant_id'))).toEqual([]);
    for (const { expr } of rules) expect(expr).not.toContain('tenant=');
  });
});
