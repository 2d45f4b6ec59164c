import { describe, expect, it } from 'vitest';
import { readBearerHeader, readBearerSubprotocol } from './read-bearer.js';

describe('readBearerHeader()', () => {
  it.each([
    ['Bearer abc.def.ghi', 'abc.def.ghi'],
    ['bearer abc', 'abc'],
    ['BEARER  abc', 'abc'],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearer a b', undefined],
    ['Bearer a,Bearer b', undefined],
    ['Basic abc', undefined],
    ['xBearer abc', undefined],
    [' Bearer abc', undefined],
    ['', undefined],
  ])('reads %j as %j', (header, token) => {
    expect(readBearerHeader(header)).toBe(token);
  });
});

describe('readBearerSubprotocol()', () => {
  it.each([
    ['arqon.v1', ['arqon.v1'], undefined],
    ['arqon.v1, bearer.a.b.c', ['arqon.v1'], 'a.b.c'],
    ['bearer.a.b.c,arqon.v1,other', ['arqon.v1', 'other'], 'a.b.c'],
    ['arqon.v1, bearer.', ['arqon.v1'], undefined],
    ['bearer.a, bearer.b, arqon.v1', ['arqon.v1'], undefined],
    ['Bearer.a', ['Bearer.a'], undefined],
    ['', [], undefined],
    [' , ,', [], undefined],
  ])('splits %j', (header, protocols, token) => {
    expect(readBearerSubprotocol(header)).toEqual({ protocols, token });
  });
});
