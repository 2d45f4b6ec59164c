import { describe, expect, it } from 'vitest';

import { tlsSwitchesIn } from './tls-switches.js';

const optionsIn = (path: string, text: string): readonly string[] => tlsSwitchesIn(path, text).map(({ line, option }) => `${line} ${option}`);

describe('tlsSwitchesIn()', () => {
  it.each([
    ['package.json', '{\n  "start": "NODE_TLS_REJECT_UNAUTHORIZED=0 node a.js"', '2 NODE_TLS_REJECT_UNAUTHORIZED'],
    ['.github/workflows/ci.yml', "env:\n  NODE_TLS_REJECT_UNAUTHORIZED: '0'", '2 NODE_TLS_REJECT_UNAUTHORIZED'],
    ['.npmrc', 'strict-ssl=false', '1 strict-ssl'],
    ['tools/a.sh', 'curl -fsSk https://a.test/b', '1 curl --insecure'],
    ['tools/Dockerfile', 'RUN git config http.sslVerify false', '1 http.sslVerify'],
  ])('reads %s: %s', (path, text, expected) => {
    expect(optionsIn(path, text)).toEqual([expected]);
  });

  it.each([
    ['package.json', '"start": "curl --fail-with-body https://a.test/k"'],
    ['.github/workflows/ci.yml', "NODE_TLS_REJECT_UNAUTHORIZED: '1'"],
    ['docs/a.md', 'NODE_TLS_REJECT_UNAUTHORIZED=0'],
  ])('lets %s be: %s', (path, text) => {
    expect(optionsIn(path, text)).toEqual([]);
  });
});
