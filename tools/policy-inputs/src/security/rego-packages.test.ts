import { describe, expect, it } from 'vitest';

import { readModule } from './rego-packages.js';

describe('reading Rego', () => {
  it('reads package, rules, defaults and calls, and neither comments nor texts', () => {
    const module = readModule(`# time.now_ns() is not called here
package arqonbus.runtime.x

import data.arqonbus.lib.names as grammar

default decision := {"allow": false, "reasons": ["http.send(1)"]}

default covers(_) := false

decision := {"allow": true} if {
	grammar.room(input.room)
	net.cidr_contains("a", input.address)
	own(\`regex.replace()\`)
}

own(text) if startswith(text, "x")
`);
    expect(module.package).toBe('arqonbus.runtime.x');
    expect([...module.imports]).toEqual(['grammar']);
    expect([...module.rules].sort()).toEqual(['decision', 'own']);
    expect(module.defaults).toEqual([{ name: 'decision', value: '{"allow":false,"reasons":["http.send(1)"]}' }, { name: 'covers', value: 'false' }]);
    expect(module.calls).toEqual([{ name: 'grammar.room', line: 11 }, { name: 'net.cidr_contains', line: 12 }, { name: 'own', line: 13 }, { name: 'startswith', line: 16 }]);
  });

  it('reads a default that allows', () => {
    expect(readModule('package p\ndefault allow = true\n').defaults).toEqual([{ name: 'allow', value: 'true' }]);
  });
});
