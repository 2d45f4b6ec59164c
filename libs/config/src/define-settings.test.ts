import { hardCaps } from '@arqonbus/errors';
import { describe, expect, it } from 'vitest';
import { choice, defineSettings, environmentNameOf, flag, integer, list, loadSettings, renderSettingsDoc, secret, text } from './index.js';

const doc = 'Doc.';

describe('defineSettings()', () => {
  it('names the environment after app and key', () => {
    const schema = defineSettings('bus-tool', [integer({ key: 'history.max_bytes', unit: 'bytes', min: 1, max: 2, default: 1, doc })]);
    expect(environmentNameOf(schema, schema.specs[0])).toBe('ARQON_BUS_TOOL_HISTORY_MAX_BYTES');
  });

  it.each([
    ['an app in capitals', () => defineSettings('Spine', [])],
    ['a key in capitals', () => defineSettings('spine', [flag({ key: 'Rooms', doc })])],
    ['a key with a dash', () => defineSettings('spine', [flag({ key: 'rooms-x', doc })])],
    ['a key given twice', () => defineSettings('spine', [flag({ key: 'a', doc }), flag({ key: 'a', doc })])],
    ['two keys with one environment name', () => defineSettings('spine', [flag({ key: 'a.b_c', doc }), flag({ key: 'a_b.c', doc })])],
    ['a key within another', () => defineSettings('spine', [flag({ key: 'a', doc }), flag({ key: 'a.b', doc })])],
  ])('raises RangeError for %s', (_name, define) => {
    expect(define).toThrow(RangeError);
  });
});

describe('integer()', () => {
  it.each([
    ['no upper bound', () => integer({ key: 'a', unit: 'none', min: 1, doc })],
    ['a maximum above the hard cap (G4)', () => integer({ key: 'a_bytes', unit: 'bytes', min: 1, max: hardCaps.frameBytes + 1, cap: hardCaps.frameBytes, doc })],
    ['a minimum above the maximum', () => integer({ key: 'a', unit: 'none', min: 3, max: 2, doc })],
    ['a default below the minimum', () => integer({ key: 'a', unit: 'none', min: 1, max: 2, default: 0, doc })],
    ['a default above the maximum', () => integer({ key: 'a', unit: 'none', min: 1, max: 2, default: 3, doc })],
    ['a key in ms without the unit', () => integer({ key: 'timeout', unit: 'ms', min: 1, max: 2, doc })],
    ['a key in bytes with another unit', () => integer({ key: 'size_count', unit: 'bytes', min: 1, max: 2, doc })],
  ])('raises RangeError for %s', (_name, make) => {
    expect(make).toThrow(RangeError);
  });
});

describe('text()', () => {
  it('takes what its pattern matches', () => {
    const schema = defineSettings('spine', [text({ key: 'host', doc, pattern: /^[a-z.]+$/, allowed: 'a host name' })]);
    expect(loadSettings(schema, { environment: { ARQON_SPINE_HOST: 'a.b' } }).host).toBe('a.b');
    expect(() => loadSettings(schema, { environment: { ARQON_SPINE_HOST: 'A' } })).toThrow('allowed: a host name');
  });
});

describe('renderSettingsDoc()', () => {
  it('renders a table for each app, ready for Markdown', () => {
    const spine = defineSettings('spine', [
      integer({ key: 'rate.burst_count', unit: 'count', min: 1, max: 9, default: 'off', off: true, doc: 'Burst.\n  Two lines.' }),
      integer({ key: 'limits.frame_bytes', unit: 'bytes', min: 1, cap: 1_048_576, default: 983_040, doc: 'Frame.' }),
      choice({ key: 'log.level', values: ['info', 'debug'], default: 'info', doc: 'a | b' }),
      list({ key: 'origins', default: [], doc }),
      list({ key: 'kinds', default: ['a', 'b'], doc }),
      text({ key: 'node.id', env: 'EDGE_NODE_ID', doc }),
      secret({ key: 'link.key', required: true, doc }),
    ]);
    expect(renderSettingsDoc([spine, defineSettings('cli', [flag({ key: 'json', default: false, doc })])])).toBe(`## spine

| key | environment | type | allowed | default | meaning |
|---|---|---|---|---|---|
| \`rate.burst_count\` | \`ARQON_SPINE_RATE_BURST_COUNT\` | integer, count | 1 to 9 count, or off | \`off\` | Burst. Two lines. |
| \`limits.frame_bytes\` | \`ARQON_SPINE_LIMITS_FRAME_BYTES\` | integer, bytes | 1 to 1048576 bytes (hard cap 1048576: may be lowered, never raised) | \`983040\` | Frame. |
| \`log.level\` | \`ARQON_SPINE_LOG_LEVEL\` | choice | info, debug | \`info\` | a \\| b |
| \`origins\` | \`ARQON_SPINE_ORIGINS\` | list | up to 256 texts | empty | Doc. |
| \`kinds\` | \`ARQON_SPINE_KINDS\` | list | up to 256 texts | \`a, b\` | Doc. |
| \`node.id\` | \`EDGE_NODE_ID\` | text | text of 1 to 4096 characters | not set | Doc. |
| \`link.key\` | \`ARQON_SPINE_LINK_KEY\` | secret | text of 32 to 8192 characters | required | Doc. |

## cli

| key | environment | type | allowed | default | meaning |
|---|---|---|---|---|---|
| \`json\` | \`ARQON_CLI_JSON\` | flag | true or false | \`false\` | Doc. |
`);
  });
});
