import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { bucketEdges, rejectionReasons } from '@arqonbus/errors';
import { afterEach, describe, expect, it } from 'vitest';

import { parsePrometheusText, type Sample } from '../test/prometheus-text.js';
import { observeCounters, startMetrics, type Metrics } from './metrics.js';
import { observeProcess } from './process-metrics.js';
import { startTransportMetrics } from './transport-metrics.js';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function start(): Metrics {
  const metrics = startMetrics({ service: 'spine', version: '1.2.3', nodeId: 'edge-1' });
  closers.push(() => metrics.shutdown());
  return metrics;
}

async function scrape(metrics: Metrics): Promise<{ samples: Sample[]; text: string; contentType: string | null }> {
  const server = createServer((request, response) => metrics.handleScrape(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: 'close' } });
  const text = await response.text();
  await new Promise((resolve) => server.close(resolve));
  return { samples: parsePrometheusText(text), text, contentType: response.headers.get('content-type') };
}

function edges(samples: readonly Sample[], name: string): string[] {
  return samples.filter((sample) => sample.name === `${name}_bucket`).map((sample) => sample.labels['le'] ?? '');
}

describe('startMetrics()', () => {
  it('answers a scrape in the Prometheus text format with its version', async () => {
    const metrics = start();
    metrics.meter.createCounter('frames_total', { description: 'Frames' }).add(2, { door: 'clients' });
    const { samples, contentType } = await scrape(metrics);
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(samples).toContainEqual({ name: 'frames_total', labels: { door: 'clients' }, value: 2 });
  });

  it('tells service, version and node id and nothing detected from the host', async () => {
    const metrics = start();
    observeProcess(metrics.meter);
    const { samples } = await scrape(metrics);
    expect(samples.find((sample) => sample.name === 'target_info')?.labels).toEqual({
      service_name: 'spine', service_version: '1.2.3', service_instance_id: 'edge-1',
    });
  });

  it.each([
    ['handshake_latency_seconds', bucketEdges.handshakeSeconds],
    ['publish_latency_seconds', bucketEdges.latencySeconds],
    ['envelope_size_bytes', bucketEdges.sizeBytes],
    ['link_throughput_bytes_per_second', bucketEdges.throughputBytesPerSecond],
  ])('gives %s the governed edges whatever the caller asks for (G13)', async (name, expected) => {
    const metrics = start();
    metrics.meter.createHistogram(name, { advice: { explicitBucketBoundaries: [1, 2] } }).record(1);
    const { samples } = await scrape(metrics);
    expect(edges(samples, name)).toEqual([...expected.map(String), '+Inf']);
  });

  it('refuses a histogram without a governed unit in its name (G13)', () => {
    expect(() => start().meter.createHistogram('sizes')).toThrow(TypeError);
  });
});

describe('observeCounters()', () => {
  it('reads plain numbers and labelled values at the scrape', async () => {
    const metrics = start();
    let deliveries = 1;
    observeCounters(metrics.meter, [
      { name: 'deliveries_total', help: 'Deliveries', unit: '1', kind: 'counter', read: () => deliveries },
      { name: 'sessions', help: 'Open sessions', unit: '1', kind: 'gauge', read: () => [{ attributes: { door: 'a' }, value: 3 }, { attributes: { door: 'b' }, value: Number.NaN }] },
    ]);
    deliveries = 41;
    const { samples, text } = await scrape(metrics);
    expect(samples).toContainEqual({ name: 'deliveries_total', labels: {}, value: 41 });
    expect(samples.filter((sample) => sample.name === 'sessions')).toEqual([{ name: 'sessions', labels: { door: 'a' }, value: 3 }]);
    expect(text).toContain('# TYPE deliveries_total counter');
    expect(text).toContain('# TYPE sessions gauge');
    deliveries = 42;
    expect((await scrape(metrics)).samples).toContainEqual({ name: 'deliveries_total', labels: {}, value: 42 });
  });

  it('leaves out a reader that throws and keeps the others (N5)', async () => {
    const metrics = start();
    observeCounters(metrics.meter, [
      { name: 'broken_total', help: 'x', unit: '1', kind: 'counter', read: () => { throw new Error('reader'); } },
      { name: 'fine_total', help: 'x', unit: '1', kind: 'counter', read: () => 7 },
    ]);
    const names = (await scrape(metrics)).samples.map((sample) => sample.name);
    expect(names).toContain('fine_total');
    expect(names).not.toContain('broken_total');
  });
});

describe('startTransportMetrics()', () => {
  it('counts dials, accepts and handshakes by backend (G25, G26)', async () => {
    const metrics = start();
    const transport = startTransportMetrics(metrics.meter);
    transport.countDial('ws', 'ok');
    transport.countDial('ws', 'failed');
    transport.countAccept('uws');
    transport.countAccept('uws');
    transport.recordHandshake({ backend: 'uws', seconds: 0.03 });
    transport.recordHandshake({ backend: 'uws', seconds: 0.03, pq: 'hybrid' });
    const { samples } = await scrape(metrics);
    expect(samples).toContainEqual({ name: 'transport_dials_total', labels: { backend: 'ws', result: 'failed' }, value: 1 });
    expect(samples).toContainEqual({ name: 'transport_accepts_total', labels: { backend: 'uws' }, value: 2 });
    expect(samples).toContainEqual({ name: 'handshake_latency_seconds_bucket', labels: { backend: 'uws', le: '0.04' }, value: 1 });
    expect(samples).toContainEqual({ name: 'handshake_latency_seconds_count', labels: { backend: 'uws', pq: 'hybrid' }, value: 1 });
  });

  it('shows every canonical rejection reason from the first scrape (G27)', async () => {
    const metrics = start();
    const transport = startTransportMetrics(metrics.meter);
    transport.countRejection('too_large');
    const rejected = (await scrape(metrics)).samples.filter((sample) => sample.name === 'rejected_total');
    expect(rejected.map((sample) => sample.labels['reason'])).toEqual([...rejectionReasons]);
    expect(rejected.find((sample) => sample.labels['reason'] === 'too_large')?.value).toBe(1);
  });

  it('bounds the number of backend labels', async () => {
    const metrics = start();
    const transport = startTransportMetrics(metrics.meter);
    for (let index = 0; index < 100; index += 1) transport.countAccept(`b${index}`);
    const accepts = (await scrape(metrics)).samples.filter((sample) => sample.name === 'transport_accepts_total');
    expect(accepts).toHaveLength(17);
    expect(accepts.find((sample) => sample.labels['backend'] === 'other')?.value).toBe(84);
  });
});

describe('observeProcess()', () => {
  it('shows CPU, memory and event-loop use (N12)', async () => {
    const metrics = start();
    observeProcess(metrics.meter);
    const { samples } = await scrape(metrics);
    const valueOf = (name: string): number => samples.find((sample) => sample.name === name)?.value ?? Number.NaN;
    expect(valueOf('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    expect(valueOf('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(valueOf('process_event_loop_utilization_ratio')).toBeLessThanOrEqual(1);
    expect(valueOf('process_uptime_seconds')).toBeGreaterThan(0);
    expect(valueOf('process_heap_used_bytes')).toBeGreaterThan(1_000_000);
  });
});
