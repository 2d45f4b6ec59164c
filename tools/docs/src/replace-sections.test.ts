import { describe, expect, it } from 'vitest';
import { replaceSections } from './replace-sections.js';

const page = 'before\n<!-- generated:codes -->\nold\n<!-- /generated:codes -->\nafter\n';

describe('replaceSections()', () => {
  it('replaces what stands between the markers and nothing else, again and again', () => {
    const once = replaceSections(page, { codes: 'new' });
    expect(once).toBe('before\n<!-- generated:codes -->\n\nnew\n\n<!-- /generated:codes -->\nafter\n');
    expect(replaceSections(once, { codes: 'new' })).toBe(once);
  });

  it('refuses a section without its markers, and markers without a section', () => {
    expect(() => replaceSections('no markers', { codes: 'new' })).toThrow('codes');
    expect(() => replaceSections(`${page}${page}`, { codes: 'new' })).toThrow('codes');
    expect(() => replaceSections(page, {})).toThrow('codes');
  });
});
