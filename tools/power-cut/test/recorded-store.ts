import { readFileSync, rmSync } from 'node:fs';
import { ensureNats } from '@arqonbus/services';
import type { CommittedRun, LogPage } from '@arqonbus/storage';
import { programArgs, type TempFolder } from '@arqonbus/testkit';
import { expect, type TestContext } from 'vitest';
import { findRecorder, parseTrace, rebuildDisk, recordTrace, writeDisk, type FileCall } from '../src/index.js';
import { bodyOf, openLog, startStore, type StoreSetting } from './store-under-cut.js';

const fixture = new URL('./publish-acked.fixture.ts', import.meta.url).pathname;
const everything = { maxEvents: 100_000, maxBytes: 1e9 };
const recorder = await findRecorder();
const nats = await ensureNats();

/** Recording a publisher, and starting the store again up to five times. */
export const limitMs = 120_000;

export interface Ack {
  readonly run: number;
  readonly sequence: number;
  readonly epoch: number;
  /** Line of the recording at which the publisher knew. */
  readonly at: number;
}

export interface Recording {
  readonly setting: StoreSetting;
  readonly folder: TempFolder;
  readonly calls: readonly FileCall[];
  readonly acks: readonly Ack[];
  /** First line of what the publisher said: the durability that it was promised. */
  readonly promised: string;
}

export interface PublishOptions {
  readonly runs: number;
  /** Milliseconds between two runs. */
  readonly pauseMs: number;
  /** Of each run, a multiple of four; default 1,024. */
  readonly bodyBytes?: number;
  readonly syncDelayMs?: number;
}

/** Records a publisher whose runs are acknowledged one after the other. Skips the test, with the reason, where that cannot be done. */
export async function record(context: TestContext, folder: TempFolder, setting: StoreSetting, options: PublishOptions): Promise<Recording> {
  if ('reason' in recorder) return context.skip(`not run: ${recorder.reason}`);
  if (setting.startsWith('jetstream') && !nats.isPinned) return context.skip(`not run: nats-server ${nats.version} is not the pinned one`);
  const { runs, pauseMs, bodyBytes = 1_024, ...slowness } = options;
  const [store, ackFile, traceFile] = ['store', 'acks', 'trace'].map((name) => folder.file(name));
  const args = [...programArgs(fixture), setting, store, ackFile, String(runs), String(pauseMs), String(bodyBytes)];
  const { end, output } = await recordTrace(recorder.strace, { command: process.execPath, args, traceFile, timeoutMs: 90_000, ...slowness });
  expect(end, output).toBe('exit code 0');
  const calls = parseTrace(readFileSync(traceFile, 'utf8'), [store, ackFile]);
  const acks = calls.flatMap((call) => (call.kind === 'write' && call.path === ackFile ? [ackOf(call)] : []));
  expect(acks.map(({ run }) => run)).toEqual(Array.from({ length: runs }, (_, index) => index + 1));
  return { setting, folder, calls: calls.filter((call) => !('path' in call) || call.path !== ackFile), acks, promised: output.split('\n')[0] ?? '' };
}

function ackOf({ begin, bytes }: Extract<FileCall, { kind: 'write' }>): Ack {
  const [run = 0, sequence = 0, epoch = 0] = Buffer.from(bytes).toString().split(' ').map(Number);
  return { run, sequence, epoch, at: begin };
}

/** What a store that starts on the disk after a cut at that line of the recording holds. `keeps`: unsynced changes that reached the disk all the same. */
export async function afterCut({ setting, folder, calls }: Recording, { at }: Pick<Ack, 'at'>, keeps?: (index: number) => boolean): Promise<LogPage> {
  const copy = folder.file(`cut-${at}-${performance.now()}`);
  writeDisk(rebuildDisk(calls, { at, ...(keeps === undefined ? {} : { keeps }) }), folder.file('store'), copy);
  const { store, stop } = await startStore(setting, copy);
  try {
    return await (await openLog(store)).read(everything);
  } finally {
    await stop();
    rmSync(copy, { recursive: true });
  }
}

/** Of those runs, the ones acknowledged up to the cut that are not at their place with their bytes, in whatever epoch. */
export function missing(page: LogPage, acks: readonly Ack[], cut: Ack): number[] {
  const found = new Map(page.runs.map((run) => [run.sequence, run]));
  return acks.filter(({ run }) => run <= cut.run).filter((ack) => !isRun(found.get(ack.sequence), ack.run)).map(({ run }) => run);
}

function isRun(found: CommittedRun | undefined, run: number): boolean {
  return found !== undefined && found.producer?.run === run && found.body.length > 0 && Buffer.from(found.body).equals(Buffer.from(bodyOf(run, found.body.length)));
}

/** Every run that is there, acknowledged or not, is one that was sent, whole, in order. */
export function expectUntorn(page: LogPage): void {
  expect(page.runs.map((run) => [run.producer?.run, isRun(run, run.producer?.run ?? 0)])).toEqual(page.runs.map((_, index) => [index + 1, true]));
}
