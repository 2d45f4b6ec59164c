import { describe, expect, it } from 'vitest';
import { readTextRecord } from './text-record.js';

function read(line: string | Uint8Array): object {
  return readTextRecord(typeof line === 'string' ? Buffer.from(line) : line);
}

describe('readTextRecord()', () => {
  it('reads id, text and type, and passes over other keys', () => {
    expect(read('{"id":"a","text":"x","type":"application/json","more":[1]}\r')).toEqual({ id: 'a', text: 'x', type: 'application/json' });
    expect(read('{"id":0,"text":""}')).toEqual({ id: 0, text: '', type: 'text/plain' });
    expect(read('\ufeff{"text":"x"}')).toEqual({ id: undefined, text: 'x', type: 'text/plain' });
  });

  it.each([
    ['', 'is empty'],
    ['{"text":', 'is not JSON in UTF-8'],
    [Uint8Array.of(0x22, 0xff, 0x22), 'is not JSON in UTF-8'],
    ['"text"', 'is no JSON object'],
    ['null', 'is no JSON object'],
    ['[{"text":"x"}]', 'is no JSON object'],
    ['{"id":1}', 'text is missing'],
    ['{"text":1}', 'text is no string'],
    ['{"text":"x","id":null}', 'id is neither a string nor a number'],
    ['{"text":"x","id":{}}', 'id is neither a string nor a number'],
    ['{"text":"x","id":9007199254740993}', 'id is a number too large; write it as a string'],
    ['{"text":"x","id":1e999}', 'id is a number too large; write it as a string'],
    ['{"text":"x","type":1}', 'type is no string'],
  ])('refuses %s', (line, error) => {
    expect(read(line)).toEqual({ error });
  });
});
