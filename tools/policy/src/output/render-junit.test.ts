import { describe, expect, it } from 'vitest';

import { exemption, makeFinding, makeReport } from '../../test/report.fixture.js';
import { renderJunit } from './render-junit.js';

const TAG = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<>]*")*)(\/?)>/y;
const TEXT = /[^<>&]+|&(?:amp|lt|gt|quot|apos);/y;

/** Names of the elements, in order; throws when the document is not well-formed. */
function elementsOf(xml: string): string[] {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!xml.startsWith(declaration)) throw new Error('no declaration');
  const open: string[] = [];
  const seen: string[] = [];
  for (let at = declaration.length; at < xml.length; ) {
    const [pattern, isTag] = xml[at] === '<' ? [TAG, true] as const : [TEXT, false] as const;
    pattern.lastIndex = at;
    const match = pattern.exec(xml);
    if (match === null) throw new Error(`not well-formed at: ${xml.slice(at, at + 60)}`);
    at = pattern.lastIndex;
    if (!isTag) continue;
    const [, closing, name = '', , empty] = match;
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`${name} is closed and not open`);
      continue;
    }
    seen.push(name);
    if (empty !== '/') open.push(name);
  }
  if (open.length > 0) throw new Error(`open: ${open.join()}`);
  return seen;
}

describe('renderJunit()', () => {
  it('names a case per rule, whatever was found', () => {
    const report = makeReport({ rules: ['alpha.one', 'testing.one', 'testing.two'], findings: [makeFinding(), makeFinding({ line: 4 })] });
    expect(renderJunit(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="policy">
  <testsuite name="alpha" tests="1" failures="0">
    <testcase classname="alpha" name="alpha.one"/>
  </testsuite>
  <testsuite name="testing" tests="2" failures="1">
    <testcase classname="testing" name="testing.one">
      <failure message="one is wrong" type="high">libs/one/src/a.ts:3
fix: Do it the other way.</failure>
      <failure message="one is wrong" type="high">libs/one/src/a.ts:4
fix: Do it the other way.</failure>
    </testcase>
    <testcase classname="testing" name="testing.two"/>
  </testsuite>
</testsuites>`);
  });

  it('counts no failure for what is warned of or exempted', () => {
    const text = renderJunit(makeReport({ findings: [makeFinding({ level: 'warn' }), makeFinding({ exemption })] }));
    expect(text).toContain('<testsuite name="testing" tests="2" failures="0">');
    expect(elementsOf(text).filter((name) => name === 'system-out')).toHaveLength(2);
  });

  it('is well-formed whatever a finding says', () => {
    const message = 'a "<b>" & \'c\' ]]> \u0000\u0001\u001b[31m\u{1F600} \ud800 \uffff <!-- -->';
    const text = renderJunit(makeReport({ findings: [makeFinding({ message, file: 'a&b<c>.ts' }), makeFinding({ message, level: 'warn' })] }));
    expect(elementsOf(text)).toEqual(['testsuites', 'testsuite', 'testcase', 'failure', 'system-out', 'testcase']);
    expect(text).toContain('message="a &quot;&lt;b&gt;&quot; &amp; &apos;c&apos; ]]&gt; [31m\u{1F600}   &lt;!-- --&gt;"');
    expect(text).toContain('\u{1F600}');
    expect(text).not.toMatch(/\p{Cs}|[\ufffe\uffff]/u);
  });
});
