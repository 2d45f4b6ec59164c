import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FrameReader } from '@arqonbus/envelope';
import { FrameSchema } from '@arqonbus/proto';
import { createTempFolder, RawWireClient, type TempFolder } from '@arqonbus/testkit';
import { readCodeBlocks, readDocument } from '../src/index.js';
import { writeDescriptorSet } from '../src/read-contract.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';
import { startBusPair, type BusPair } from './bus-pair.fixture.js';
import { installPython } from './python.fixture.js';
import { runProgram, type ProgramResult } from './run-program.fixture.js';

const blocks = readCodeBlocks(readDocument('docs/protocol.md').text);

function block(marker: string): string {
  const found = blocks.filter((one) => one.marker === marker);
  if (found.length !== 1) throw new Error(`there is not one block "${marker}"`);
  return found[0].code;
}

describe('the frame byte by byte', () => {
  const lines = block('example: frame').trimEnd().split('\n').map((line) => line.split(/ {2,}/, 2)[0] ?? '');
  const bytes = Buffer.from(lines.join('').replaceAll(' ', ''), 'hex');
  const run = {
    room: 'plans', ack: true, producer: 0x0102030405060708n, run: 1n,
    envelopes: [{ id: Buffer.from('019a0f3c7e007a5db1c2d3e4f5a6b7c8', 'hex'), body: { case: 'event' as const, value: { type: 'text/plain', payload: Buffer.from('hi') } } }],
  };

  it('is what the codec makes of the described run, and back', () => {
    expect(bytes.toString('hex')).toBe(Buffer.from(toBinary(FrameSchema, create(FrameSchema, { batches: [run] }))).toString('hex'));
    expect(fromBinary(FrameSchema, bytes).batches[0]?.envelopes[0]?.body.case).toBe('event');
  });

  it('tells the length of each part', () => {
    const told = [...block('example: frame').matchAll(/^((?:[0-9a-f]{2} ?)+) +.*?(\d+) bytes$/gm)].map(([, hex, count]) => [Number.parseInt((hex ?? '').trim().split(' ')[1] ?? '', 16), Number(count)]);
    expect(told).toEqual([[58, 58], [36, 36], [16, 16], [16, 16]]);
  });

  it('is accepted by the strict reader of the bus', () => {
    const reader = new FrameReader({ maxEnvelopeBytes: 262_144, maxEventsPerRun: 1_024 });
    expect(reader.read(bytes, 0, bytes.length)).toBe(true);
    expect(reader.batch(0).refusalCode).toBeUndefined();
  });
});

describe('the documented clients', () => {
  let pair: BusPair;
  let folder: TempFolder;
  beforeAll(async () => {
    pair = await startBusPair();
    folder = createTempFolder('arqon-clients-');
    symlinkSync(join(REPOSITORY_ROOT, 'node_modules'), folder.file('node_modules'));
    symlinkSync(join(REPOSITORY_ROOT, 'libs/proto/src/gen'), folder.file('gen'));
    writeDescriptorSet(folder.file('arqon.binpb'));
  }, 120_000);
  afterAll(async () => {
    folder.remove();
    await pair.stop();
  });

  async function runClient(command: string, args: readonly string[], sub: string): Promise<ProgramResult> {
    const token = await pair.issuer.token({ sub, publish: ['plans'], subscribe: ['plans'] });
    return runProgram(command, args, { cwd: folder.path, env: { ARQON_URL: pair.url, ARQON_TOKEN: token, ARQON_CA: pair.caFile } });
  }

  it('in TypeScript joins, publishes, receives and leaves (R4, P16)', async () => {
    writeFileSync(folder.file('package.json'), '{ "type": "module" }\n');
    writeFileSync(folder.file('client.ts'), block('run: client-ts'));
    const { stdout, stderr, code } = await runClient(process.execPath, ['--import', 'tsx/esm', 'client.ts'], 'typescript');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(/published #1\n/);
    expect(stdout).toMatch(/event plans #1 from typescript: hello from TypeScript\n/);
    expect(stdout).toMatch(/closed with 1000\n/);
  }, 90_000);

  it('in TypeScript passes the strict compiler', async () => {
    writeFileSync(folder.file('client.ts'), block('run: client-ts'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023', '--types', 'node', '--ignoreConfig'];
    const { stdout, code } = await runProgram(process.execPath, [join(REPOSITORY_ROOT, 'node_modules/typescript/bin/tsc'), ...options, 'client.ts'], { cwd: folder.path });
    expect({ stdout, code }).toEqual({ stdout: '', code: 0 });
  }, 90_000);

  it('in Python does the same (R4, P16)', async () => {
    const python = installPython();
    writeFileSync(folder.file('client.py'), block('run: client-python'));
    const { stdout, stderr, code } = await runClient(python, ['client.py'], 'python');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(/published #\d+\n/);
    expect(stdout).toMatch(/event plans #\d+ from python: hello from Python\n/);
  }, 360_000);

  it('may bear the token of the example (F1)', async () => {
    const payload = JSON.parse(block('example: token')) as Record<string, unknown>;
    const { issuer, audience } = pair.issuer;
    expect(payload).toMatchObject({ iss: expect.any(String) as string, aud: expect.any(String) as string, exp: expect.any(Number) as number });
    const token = await pair.issuer.token({ overrides: { ...payload, iss: issuer, aud: audience, exp: Math.floor(Date.now() / 1000) + 60 } });
    const client = await RawWireClient.connect(pair.url, { token, ca: readFileSync(pair.caFile, 'utf8') });
    const frame = await client.next();
    const body = frame.batches[0]?.envelopes[0]?.body;
    const welcome = body?.case === 'signal' && body.value.body.case === 'welcome' ? body.value.body.value : undefined;
    expect(welcome?.clientId).toBe(payload['sub']);
    await client.close();
  });
});
