import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseTraceParent } from './traceparent.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

describe('parseTraceParent()', () => {
  it('reads ids and the sampled flag', () => {
    expect(parseTraceParent(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId, sampled: true });
    expect(parseTraceParent(`00-${traceId}-${spanId}-00`)?.sampled).toBe(false);
    expect(parseTraceParent(`00-${traceId}-${spanId}-03`)?.sampled).toBe(true);
  });

  it('reads the first four fields of later versions (W3C Trace Context 3.2.4)', () => {
    expect(parseTraceParent(`cc-${traceId}-${spanId}-01-what-comes`)).toEqual({ traceId, spanId, sampled: true });
    expect(parseTraceParent(`cc-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId, sampled: true });
    expect(parseTraceParent(`cc-${traceId}-${spanId}-01.x`)).toBeUndefined();
  });

  it.each([
    '', '00', `ff-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-01-x`, `00-${traceId}-${spanId}-1`, `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`, `00-${traceId}-${'0'.repeat(16)}-01`, ` 00-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-01\n`,
    `0-${traceId}-${spanId}-01`, `00-${traceId.slice(1)}-${spanId}-01`,
  ])('refuses %j', (text) => {
    expect(parseTraceParent(text)).toBeUndefined();
  });

  it('never throws and reads only what it would write', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const parsed = parseTraceParent(text);
        if (parsed !== undefined) expect(text).toContain(`${parsed.traceId}-${parsed.spanId}`);
      }),
    );
  });
});
