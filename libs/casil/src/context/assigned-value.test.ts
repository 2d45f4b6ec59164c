import { describe, expect, it } from 'vitest';
import { ScanText } from '../scan/scan-text.js';
import { AssignedValue, readAssignedValue } from './assigned-value.js';

function read(source: string, keyword = 'password'): string | undefined {
  const text = new ScanText();
  text.bytes = new TextEncoder().encode(source);
  text.end = text.bytes.length;
  text.stepsLeft = 100_000;
  const out = new AssignedValue();
  if (!readAssignedValue(text, source.toLowerCase().indexOf(keyword) + keyword.length, out)) return undefined;
  const cut = (start: number, end: number): string => new TextDecoder().decode(text.bytes.subarray(start, end));
  return `${cut(out.nameStart, out.nameEnd)} ${out.operator} ${cut(out.start, out.end)}`;
}

describe('readAssignedValue', () => {
  it.each([
    ['db_password=v1', 'db_password = v1'], ['password: v1 # x', 'password : v1'], ['"password":"v 1"', 'password : v 1'], ['"password": "a\\"b"', 'password : a\\"b'],
    ['{\\"password\\":\\"v1\\"}', 'password : v1'], ['{\\\\\\"password\\\\\\":\\\\\\"v1\\\\\\"}', 'password : v1'], ['{&quot;password&quot;:&quot;v1&quot;}', 'password : v1'], ['<password>v1</password>', 'password > v1'],
    ['<a:Password type="x">v1</a:Password>', 'Password > v1'], ['<password><![CDATA[v<1]]></password>', 'password > v<1'], ['<x password="v1"/>', 'password = v1'], ['<add key="DbPassword" value="v1"/>', 'DbPassword value v1'],
    ['<key>password</key>\n <string>v1</string>', 'password > v1'], ['- name: DB_PASSWORD\n  value: v1', 'DB_PASSWORD value v1'], ['{"name":"DB_PASSWORD","value":"v1"}', 'DB_PASSWORD value v1'],
    ['a=1&password=v1&b=2', 'password = v1'], ['("password", "v1")', 'password , v1'], ['setPassword("v1")', 'setPassword ( v1'], ['password := "v1"', 'password = v1'], ['password ?= v1', 'password = v1'],
    ['password => "v1"', 'password = v1'], ['password: str = "v1"', 'password = v1'], ['password string = "v1"', 'password = v1'], ["c['password'] = 'v1'", 'password = v1'], ['password == "v1"', 'password = v1'],
    ['${PASSWORD:-v1}', 'PASSWORD = v1'], ['name="password"\r\n\r\nv 1\r\n--b', 'password form v 1'], ['the password is v1 now', 'password is v1'], ['| password | v1 |', 'password | v1'], ['password: |\n  v1\n', 'password : v1'],
    ['x.password=v1,y=2', 'x.password = v1'], ['f(password=v1)', 'password = v1'], ['"password=v1"', 'password = v1'], ['password=v1\\nx', 'password = v1'], ['password: "Bearer v1"', 'password : v1'],
    ['ENV DB_PASSWORD v1', 'DB_PASSWORD = v1'], ['Password { get; set; } = "v1"', 'Password = v1'], ['"password": {"type": "x", "value": "v1"}', 'password : v1'], ['DB_PASSWORD=a&b=c d', 'DB_PASSWORD = a&b=c'],
  ])('reads %j', (source, expected) => {
    expect(read(source)).toBe(expected);
  });

  it.each(['password', 'password ', 'password changed', 'password > 8', 'password://x', 'password::new("x")', 'password\n\nx', 'password.', '"password" }', '<password/>', 'mysql://<password>@db', 'password =~ /x/'])(
    'reads nothing from %j',
    (source) => {
      expect(read(source)).toBeUndefined();
    },
  );

  it('looks at 320 bytes at most, and says when the value goes on', () => {
    const text = new ScanText();
    text.bytes = new TextEncoder().encode(`password=${'v'.repeat(5000)}`);
    text.end = text.bytes.length;
    text.stepsLeft = 100_000;
    const out = new AssignedValue();
    expect(readAssignedValue(text, 8, out)).toBe(true);
    expect([out.end, out.isCut]).toEqual([328, true]);
  });

  it('finds nothing once the budget is used up', () => {
    const text = new ScanText();
    text.bytes = new TextEncoder().encode('password=v1');
    text.end = text.bytes.length;
    text.stepsLeft = 3;
    expect(readAssignedValue(text, 8, new AssignedValue())).toBe(false);
  });
});
