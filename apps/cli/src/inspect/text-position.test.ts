import { describe, expect, it } from 'vitest';
import { TextPosition } from './text-position.js';

describe('TextPosition', () => {
  it('counts lines and characters, over several windows of the text', () => {
    const text = Buffer.from('ab\nçd€f\n\ng');
    const position = new TextPosition();
    expect(position.moveTo(1, text, 0)).toEqual({ line: 1, column: 2 });
    const f = text.indexOf('f');
    expect(position.moveTo(f, text, 0)).toEqual({ line: 2, column: 4 });
    expect(position.moveTo(f, text, 0)).toEqual({ line: 2, column: 4 });
    const g = text.indexOf('g');
    expect(position.moveTo(g, text.subarray(f), f)).toEqual({ line: 4, column: 1 });
  });
});
