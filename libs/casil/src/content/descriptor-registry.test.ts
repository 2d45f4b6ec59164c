import { describe, expect, it } from 'vitest';
import { planDescriptorSet } from '../../test/plan-descriptors.js';
import { createDescriptorRegistry } from './descriptor-registry.js';

describe('createDescriptorRegistry()', () => {
  it('tells fields by number, with maps and messages that contain themselves', () => {
    const registry = createDescriptorRegistry([planDescriptorSet(), planDescriptorSet()]);
    const plan = registry.messageOf('acme.v1.Plan');
    expect(plan?.fields.get(3)).toMatchObject({ name: 'account_number', jsonName: 'accountNumber', kind: 'number', integer: 'unsigned', isRepeated: false });
    expect(plan?.fields.get(6)).toMatchObject({ kind: 'message', isRepeated: true, message: plan });
    expect(plan?.fields.get(7)?.isMap).toBe(true);
    expect(plan?.fields.get(21)?.message?.fields.get(2)?.message).toBe(plan);
    expect(registry.messageOf('acme.v1.Nothing')).toBeUndefined();
  });

  it('names the set that cannot be read', () => {
    expect(() => createDescriptorRegistry([planDescriptorSet(), Uint8Array.of(1, 2, 3)])).toThrow(/descriptor set 2 of 2 cannot be read/);
    expect(() => createDescriptorRegistry([new Uint8Array(0)])).toThrow(/descriptor set 1 of 1.*no message/);
  });
});
