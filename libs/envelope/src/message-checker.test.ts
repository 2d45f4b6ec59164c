import { EmbeddingSchema, EnvelopeSchema, LimitsSchema, PublishedSchema, StampSchema } from '@arqonbus/proto';
import { describe, expect, it } from 'vitest';
import { compileMessageRule } from './message-checker.js';

describe('compileMessageRule()', () => {
  it('compiles messages of the kinds of field that it knows', () => {
    expect(compileMessageRule(LimitsSchema, 'limits').fields.get(1)).toMatchObject({ path: 'limits.max_frame_bytes', kind: 'uint32' });
    expect(compileMessageRule(StampSchema, 'stamp').fields.get(7)).toMatchObject({ repeated: true, message: { path: 'stamp.after' } });
  });

  it('throws where the strict rules are not defined, so that a change of the contract cannot pass unseen', () => {
    expect(() => compileMessageRule(EmbeddingSchema, 'embedding')).toThrow('no strict rule for the field embedding.values');
    expect(() => compileMessageRule(EnvelopeSchema, 'envelope')).toThrow('no strict rule for the field envelope');
    expect(() => compileMessageRule(PublishedSchema, 'published')).toThrow('no strict rule for the field published.durability');
  });
});
