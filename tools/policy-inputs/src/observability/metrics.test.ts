import { describe, expect, it } from 'vitest';

import { parseUnit } from '../syntax-pass.js';
import { metricSource } from './metrics.js';

function metricsOf(text: string): readonly object[] {
  const unit = parseUnit({ path: 'apps/spine/src/a.ts', project: '@arqonbus/spine', isTest: false, isGenerated: false }, text, []);
  return (metricSource.read(unit).metrics ?? []).map(({ name, type, help, labels }) => ({ name, type, help, labels }));
}

describe('metrics', () => {
  it('reads what a meter creates, and the labels it is recorded with', () => {
    const text = "const waits = meter.createHistogram('arqon_wait_seconds', { description: 'x' }); waits.record(1, { room: name });";
    expect(metricsOf(text)).toEqual([{ name: 'arqon_wait_seconds', type: 'histogram', help: true, labels: ['room'] }]);
  });

  it('reads observed counters, and the labels of functions that they call', () => {
    const text = "const c = { name: 'arqon_x_total', help: 'x', unit: '', kind: 'counter', read: () => rows() }; function rows() { return [{ attributes: { tenant: 'a' }, value: 1 }]; }";
    expect(metricsOf(text)).toEqual([{ name: 'arqon_x_total', type: 'counter', help: true, labels: ['tenant'] }]);
  });

  it('reads metrics that a function of the file makes', () => {
    const text = `const all = [gauge('arqon_open', 'Open.'), tallied('arqon_kinds_total', 'Kinds.', 'kind')];
function gauge(name: string, help: string) { return { name, help, unit: '', kind: 'gauge', read }; }
function tallied(name: string, help: string, label: string) { return { name, help, unit: '', kind: 'counter', read: () => [{ attributes: { [label]: 'x' }, value: 1 }] }; }`;
    expect(metricsOf(text)).toEqual([
      { name: 'arqon_open', type: 'gauge', help: true, labels: [] }, { name: 'arqon_kinds_total', type: 'counter', help: true, labels: ['kind'] },
    ]);
  });

  it('tells labels that it cannot read', () => {
    const text = "const c = meter.createCounter('arqon_x_total', {}); c.add(1, labels); const held = { kind: 'a' }; c.add(1, held);";
    expect(metricsOf(text)).toEqual([{ name: 'arqon_x_total', type: 'counter', help: false, labels: ['computed labels', 'kind'] }]);
  });

  it('names a label by what it holds when peers choose that', () => {
    const text = "const c = meter.createCounter('arqon_x_total', {}); const held = { who: session.tenant }; c.add(1, held); c.add(1, { reason: cause });";
    expect(metricsOf(text)).toEqual([{ name: 'arqon_x_total', type: 'counter', help: false, labels: ['reason', 'tenant'] }]);
  });

  it('reads metrics of prom-client', () => {
    expect(metricsOf("new Counter({ name: 'x_total', help: 'x', labelNames: ['user_id'] });")).toEqual([{ name: 'x_total', type: 'counter', help: true, labels: ['user_id'] }]);
  });
});
