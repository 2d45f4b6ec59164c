import { waitFor } from '@arqonbus/testkit';
import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparePositions, connect, mergePositions, type Bus } from '../src/node.js';
import { connectTo, startServer } from './harness.js';
import { startRealServers, type RealServers } from './real-servers.js';
import { taskOf, textOf } from './scripted-server.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = new Map([...readme.matchAll(/<!-- run: (\w+) -->\n```ts\n([^]*?)```/g)].map(([, name, code]) => [name, code]));

let servers: RealServers;
let bus: Bus;

beforeAll(async () => {
  servers = await startRealServers();
  bus = await connect({ url: servers.shieldUrl, ca: servers.ca, getToken: () => servers.token({ sub: 'reader' }) });
});

afterAll(async () => {
  await bus.close();
  await servers.stop();
});

type Example = (bus: Bus, console: object, compare: typeof comparePositions, merge: typeof mergePositions) => Promise<void>;

/** Runs an example of the README as it stands there and returns the lines that it prints, as they grow. */
async function run(name: string, on = bus): Promise<string[]> {
  const { code } = await transform(examples.get(name) ?? '', { loader: 'ts', target: 'es2022' });
  const lines: string[] = [];
  const log = (...values: unknown[]): void => void lines.push(values.map(String).join(' '));
  const AsyncFunction = (async () => undefined).constructor as new (...parts: string[]) => Example;
  await new AsyncFunction('bus', 'console', 'comparePositions', 'mergePositions', code)(on, { log, error: log }, comparePositions, mergePositions);
  return lines;
}

describe('README', { timeout: 90_000 }, () => {
  it('has an example of each', () => {
    expect([...examples.keys()]).toEqual(['replay', 'group', 'causality']);
  });

  it('replays a window', async () => {
    expect(await run('replay')).toEqual(['2 2', '3 3', '4 4']);
  });

  it('works in a group', async () => {
    const server = await startServer();
    server.onRun = (batch, session) => {
      session.send([taskOf('jobs', 1n, textOf(batch.envelopes[0]), { group: 'resizers' })]);
      return 'take';
    };
    const lines = await run('group', await connectTo(server));
    await waitFor(() => lines.length > 0, { what: 'a task' });
    expect(lines).toEqual(['cat.png 1']);
  });

  it('names what a publish depends on', async () => {
    expect(await run('causality')).toEqual(['before true']);
  });
});
