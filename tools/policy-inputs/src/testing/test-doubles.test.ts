import { describe, expect, it } from 'vitest';

import { testDoubleSource } from './test-doubles.js';
import { testHostSource } from './test-hosts.js';
import { runnerSettingSource } from './test-retries.js';
import { readSnippet } from './unit.fixture.js';

const doubles = (text: string): unknown[] => readSnippet(testDoubleSource, 'test_doubles', text).map(({ kind, target }) => [kind, target]);
const hosts = (text: string): unknown[] => readSnippet(testHostSource, 'test_hosts', text).map(({ host }) => host);

describe('test doubles', () => {
  it.each([
    ['vi.mock("../src/a.js");', 'module', '../src/a.js'],
    ['import { mock } from "node:test"; mock.method(store, "append");', 'member', 'store.append'],
    ['vi.spyOn(Date, "now");', 'member', 'Date.now'],
    ['vi.stubGlobal("fetch", f);', 'global', 'fetch'],
    ['globalThis.fetch = f;', 'assignment', 'fetch'],
    ['Object.defineProperty(globalThis, "WebSocket", {});', 'assignment', 'WebSocket'],
    ['const f = vi.fn();', 'function', ''],
    ['const double = vi; double.mock("../src/a.js");', 'module', '../src/a.js'],
    ['import { vi } from "vitest"; const { spyOn } = vi; spyOn(store, "append");', 'member', 'store.append'],
    ['Socket.prototype.connect = f;', 'assignment', 'Socket.prototype.connect'],
    ['import sinon from "sinon"; sinon.stub(a, "b");', 'member', 'a.b'],
    ['class FakeRedis { get() { return 1; } }', 'handmade', 'FakeRedis'],
    ['const StoreMock = class { get() { return 1; } };', 'handmade', 'StoreMock'],
    ['import type { EpisodeStore } from "@arqonbus/storage/episodes"; class Rows implements Partial<Pick<EpisodeStore, "read">> {}', 'handmade', 'EpisodeStore'],
    ['import type { HistoryStore as Store } from "@arqonbus/storage"; const store: Store = { close: () => done };', 'handmade', 'HistoryStore'],
    ['import type { TopicLog } from "@arqonbus/storage"; run({ append() { return 1; } } as unknown as TopicLog);', 'handmade', 'TopicLog'],
  ])('reads %s', (text, kind, target) => {
    expect(doubles(text)).toEqual([[kind, target]]);
  });
});

describe('what stands in for nothing', () => {
  it.each([
    'class Faker {} class Spyglass {}',
    'import type { LogFollower } from "@arqonbus/storage"; class Heard implements LogFollower { committed() {} }',
    'import type { HistoryStore } from "@arqonbus/storage"; const store: HistoryStore = await open(); const one = { store } as { store: HistoryStore };',
    'import type { Store } from "./store.js"; const store: Store = { close: () => done };',
  ])('is %s', (text) => {
    expect(doubles(text)).toEqual([]);
  });
});

describe('test hosts', () => {
  it.each([
    ['fetch("https://example.com/x");', ['example.com']],
    ['const url = "http://api.example.org"; fetch(`${url}/a`);', ['api.example.org']],
    ['net.connect(443, "example.com");', ['example.com']],
    ['connect({ servers: ["nats://user@demo.example.org:4222"] });', ['demo.example.org']],
    ['new WebSocket("ws://[::1]:80");', ['::1']],
    ['execSync("curl https://example.com");', ['example.com']],
    ['import dns from "node:dns/promises"; dns.resolve("example.com");', ['example.com']],
    ['Promise.resolve("example.com");', []],
    ['fetch(`http://${host}:80`); map.get("my.key");', []],
  ])('reads %s', (text, expected) => {
    expect(hosts(text)).toEqual(expected);
  });
});

describe('runner settings', () => {
  it('takes the most that a setting can be', () => {
    const read = (text: string, path: string): unknown[] => readSnippet(runnerSettingSource, 'runner_settings', text, path).map(({ option, most }) => [option, most]);
    expect(read('export default { retry: process.env.CI ? 2 : 0, allowOnly: isLocal };', 'vitest.config.ts')).toEqual([['retry', 2], ['allowOnly', -1]]);
    expect(read('it("a", { retry: 3 }, () => {}); connect({ retry: 5 });', 'libs/x/test/a.test.ts')).toEqual([['retry', 3]]);
    expect(read('vi.setConfig({ retry: 2 } as object);', 'libs/x/test/a.test.ts')).toEqual([['retry', 2]]);
  });

  it('sees what narrows a run, and leaves what is measured to coverage', () => {
    const read = (text: string, path: string): unknown[] => readSnippet(runnerSettingSource, 'runner_settings', text, path).map(({ option }) => option);
    expect(read("export default { test: { exclude: ['src/wire.test.ts'], coverage: { provider: 'v8', include: ['src/**'] } } };", 'libs/x/vitest.config.ts')).toEqual(['exclude']);
    expect(read("export default { optimizeDeps: { include: ['a'] } };", 'libs/x/vite.config.ts')).toEqual([]);
    expect(read("it('a', { include: 3 }, () => {});", 'libs/x/test/a.test.ts')).toEqual([]);
  });
});
