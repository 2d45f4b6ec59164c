import { describe, expect, expectTypeOf, it } from 'vitest';
import { choice, defineSettings, flag, integer, list, loadSettings, path, secret, text, type SettingsFor } from './index.js';

const schema = defineSettings('spine', [
  text({ key: 'node.id', doc: 'Name of the node.', default: 'spine', env: 'EDGE_NODE_ID' }),
  integer({ key: 'history.max_bytes', unit: 'bytes', min: 1, max: 1_024, default: 100, doc: 'History.' }),
  integer({ key: 'rate.burst_count', unit: 'count', min: 1, max: 9, default: 'off', off: true, doc: 'Burst.' }),
  choice({ key: 'log.level', values: ['info', 'debug'], default: 'info', doc: 'Level.' }),
  flag({ key: 'rooms.auto_create', default: true, doc: 'Create rooms.' }),
  list({ key: 'origins', default: [], doc: 'Origins.' }),
  path({ key: 'tls.cert_file', doc: 'Certificate.' }),
  secret({ key: 'link.key', required: true, doc: 'Link key.' }),
]);

describe('loadSettings()', () => {
  it('infers the type of each value from its spec', () => {
    expectTypeOf<SettingsFor<typeof schema>>().toEqualTypeOf<{
      readonly 'node.id': string;
      readonly 'history.max_bytes': number;
      readonly 'rate.burst_count': number | 'off';
      readonly 'log.level': 'info' | 'debug';
      readonly 'rooms.auto_create': boolean;
      readonly origins: readonly string[];
      readonly 'tls.cert_file': string | undefined;
      readonly 'link.key': string;
    }>();
    const settings = loadSettings(schema, { environment: { ARQON_SPINE_LINK_KEY: 'k'.repeat(32) } });
    expectTypeOf(settings['history.max_bytes']).toEqualTypeOf<number>();
    expect(settings['history.max_bytes']).toBe(100);
  });
});
