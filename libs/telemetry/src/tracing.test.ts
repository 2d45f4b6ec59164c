import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it, vi } from 'vitest';

import { startTracing, type FinishedSpan } from './tracing.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const sampled = `00-${traceId}-00f067aa0ba902b7-01`;
const unsampled = `00-${traceId}-00f067aa0ba902b7-00`;

function collect(): { spans: FinishedSpan[]; sink: { onSpan(span: FinishedSpan): void } } {
  const spans: FinishedSpan[] = [];
  return { spans, sink: { onSpan: (span) => spans.push(span) } };
}

async function refusingPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('startTracing()', () => {
  it('makes one span per sampled publish, as a child of the traceparent (N9)', async () => {
    const { spans, sink } = collect();
    const tracing = startTracing({ service: 'spine', version: '1', exporter: 'none', sink });
    const end = tracing.publishSpan(sampled, { 'arqonbus.room': 'plans', 'arqonbus.events': 3 });
    end?.();
    end?.();
    expect(spans).toEqual([
      expect.objectContaining({
        name: 'arqonbus publish', traceId, parentSpanId: '00f067aa0ba902b7', attributes: { 'arqonbus.room': 'plans', 'arqonbus.events': 3 }, errorCode: undefined,
      }),
    ]);
    expect(spans[0]?.durationMs).toBeGreaterThanOrEqual(0);
    await tracing.shutdown();
  });

  it('marks a failed span with its code', () => {
    const { spans, sink } = collect();
    startTracing({ service: 'spine', version: '1', exporter: 'none', sink }).publishSpan(sampled, {})?.('RATE_LIMITED');
    expect(spans[0]?.errorCode).toBe('RATE_LIMITED');
  });

  it('makes no span for an unsampled or malformed traceparent', () => {
    const { sink } = collect();
    const tracing = startTracing({ service: 'spine', version: '1', exporter: 'none', sink });
    expect(tracing.publishSpan(unsampled, {})).toBeUndefined();
    expect(tracing.publishSpan('00-nonsense', {})).toBeUndefined();
    expect(tracing.publishSpan('', {})).toBeUndefined();
  });

  it('makes no span when nothing is exported', async () => {
    const tracing = startTracing({ service: 'spine', version: '1', exporter: 'none' });
    expect(tracing.publishSpan(sampled, {})).toBeUndefined();
    await tracing.shutdown();
  });

  it('loses only the span when the sink throws (N5)', () => {
    const tracing = startTracing({
      service: 's', version: '1', exporter: 'none',
      sink: {
        onSpan: () => {
          throw new Error('sink');
        },
      },
    });
    expect(() => tracing.publishSpan(sampled, {})?.()).not.toThrow();
  });

  it('sends spans to an OTLP collector over HTTP', async () => {
    const requests: { url: string | undefined; bytes: number }[] = [];
    const collector = createServer((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on('end', () => {
        requests.push({ url: request.url, bytes });
        response.end();
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    const tracing = startTracing({ service: 'spine', version: '1', exporter: 'otlp', endpoint: `http://127.0.0.1:${port}/v1/traces` });
    tracing.publishSpan(sampled, {})?.();
    await tracing.shutdown();
    collector.closeAllConnections();
    await new Promise((resolve) => collector.close(resolve));
    expect(requests[0]?.url).toBe('/v1/traces');
    expect(requests[0]?.bytes).toBeGreaterThan(50);
  });

  it('neither stalls nor throws when the collector refuses (N5)', async () => {
    const rejections = vi.fn();
    process.on('unhandledRejection', rejections);
    const port = await refusingPort();
    const tracing = startTracing({ service: 'spine', version: '1', exporter: 'otlp', endpoint: `http://127.0.0.1:${port}/v1/traces` });
    const before = performance.now();
    for (let index = 0; index < 10_000; index += 1) tracing.publishSpan(sampled, { index })?.();
    expect(performance.now() - before).toBeLessThan(10_000);
    await tracing.shutdown();
    expect(performance.now() - before).toBeLessThan(20_000);
    process.off('unhandledRejection', rejections);
    expect(rejections).not.toHaveBeenCalled();
  });
});
