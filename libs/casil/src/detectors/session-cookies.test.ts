import { describe, expect, it } from 'vitest';

import { fill, readFixture, repeatedTo64KiB, runDetector, valuesFound } from '../../test/run-detector.js';
import { sessionCookiesDetector } from './session-cookies.js';

const value = fill('<<[0-9A-Za-z]{32}>>').text;

describe('sessionCookiesDetector', () => {
  it.each(['sessionid', 'sid', 'connect.sid', 'ASP.NET_SessionId', '_session_id', 'auth', 'access_token', 'remember_web_59ba36', '__Host-app', '__Secure-next-auth.session-token'])(
    'reports the value of %s in a Cookie header',
    (name) => {
      expect(valuesFound(sessionCookiesDetector, `Cookie: a=1; ${name}=${value}; b=2`)).toEqual([value]);
    },
  );

  it.each(['csrftoken', 'XSRF-TOKEN', '_ga', '_fbp', 'theme', 'locale', 'cookieconsent_status', 'analytics_session_count'])('passes over %s', (name) => {
    expect(valuesFound(sessionCookiesDetector, `Cookie: a=1; ${name}=${value}; b=2`)).toEqual([]);
  });

  it.each(['short1', '12345678901234567890', 'authenticated-user-yes', '0000000000000000000a', 'deleted'])('passes over the value %s', (other) => {
    expect(valuesFound(sessionCookiesDetector, `Cookie: sessionid=${other}; b=2`)).toEqual([]);
  });

  it('reads on behind the first pair of a Cookie header, and no further than the first of Set-Cookie', () => {
    expect(valuesFound(sessionCookiesDetector, `cookie: ${'a=b; '.repeat(30)}sid=${value}`)).toEqual([value]);
    expect(valuesFound(sessionCookiesDetector, `set-cookie: theme=x; sid=${value}`)).toEqual([]);
  });

  it('finds what the fixtures expect and nothing in the clean ones', () => {
    for (const { text } of readFixture('session-cookies', 'hit')) {
      const filled = fill(text);
      expect(valuesFound(sessionCookiesDetector, filled.text), text).toEqual(filled.secrets);
    }
    for (const { text } of readFixture('session-cookies', 'clean')) expect(valuesFound(sessionCookiesDetector, fill(text).text), text).toEqual([]);
  });

  const hostile = [
    'cookie', 'cookie:', 'cookie=', 'cookie:a=', '-cookie:a=', ';cookie:a=', 'cookie: a=b; ', '"cookies":{"a":"b",', 'cookies:["', 'cookie":{', 'phpsessid=', ':phpsessid=a', ';jsessionid=', 'Set-Cookie: sid=',
    `cookie: sid=${value}; `, `"cookies":{"sid":"${value}",`, 'cookie: {"a":"', 'cookie:\'"',
  ];
  it.each(hostile)('takes a bounded number of steps for 64 KiB of %j', (unit) => {
    expect(runDetector(sessionCookiesDetector, repeatedTo64KiB(unit)).stepsTaken).toBeLessThan(65_536 * 32);
  });
});
