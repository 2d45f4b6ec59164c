import { describe, expect, it } from 'vitest';

import { licenceAlternatives } from './spdx.js';

describe('licenceAlternatives()', () => {
  it.each([
    ['MIT', ['MIT']],
    ['MIT OR Apache-2.0', ['MIT', 'Apache-2.0']],
    ['(Apache-2.0 AND BSD-3-Clause)', ['Apache-2.0 AND BSD-3-Clause']],
    ['MIT AND (GPL-3.0-only OR BSD-2-Clause)', ['GPL-3.0-only AND MIT', 'BSD-2-Clause AND MIT']],
    ['MIT OR GPL-2.0-only AND ISC', ['MIT', 'GPL-2.0-only AND ISC']],
    ['GPL-2.0-only WITH Classpath-exception-2.0', ['GPL-2.0-only WITH Classpath-exception-2.0']],
    ['mit or isc', ['mit', 'isc']],
    ['GPL-2.0+', ['GPL-2.0+']],
  ])('%s leaves %j', (expression, alternatives) => {
    expect(licenceAlternatives(expression)).toEqual(alternatives);
  });

  it.each(['', ' ', 'SEE LICENSE IN LICENSE.txt', 'MIT OR', '(MIT', 'MIT)', 'AND MIT', 'MIT/ISC', 'MIT, ISC', 'MIT ISC', 'X WITH'])('%j is no expression', (expression) => {
    expect(licenceAlternatives(expression)).toEqual([]);
  });
});
