import type { CommittedRun } from '@arqonbus/storage';
import { natsTombstoneSubject } from '@arqonbus/tenancy';
import type { NatsLink } from './nats-link.js';
import { decodeRunHeader, type RunHeader } from './run-header.js';
import type { IndexedRun } from './run-index.js';
import { unavailable } from './unavailable.js';

const notFound = 404;

/** A run's message as the stream holds it. */
export interface HeldMessage {
  readonly header: RunHeader;
  readonly body: Uint8Array;
  /** Stream sequence of the tombstone, 0 for the run itself. */
  readonly tombstone: number;
}

/** The bodies of one topic's runs: the message itself, or the tombstone beside it. */
export class LogBodies {
  constructor(
    private readonly link: NatsLink,
    private readonly stream: string,
    private readonly stem: string,
  ) {}

  /** Undefined when the stream no longer holds the run. Rejects with STORE_UNAVAILABLE. */
  async read(run: IndexedRun): Promise<HeldMessage | undefined> {
    if (run.isErased) return this.readTombstone(run.streamSequence);
    return (await this.readDirect(run.streamSequence)) ?? (await this.readTombstone(run.streamSequence)) ?? this.readFromLeader(run.streamSequence);
  }

  async readTombstone(streamSequence: number): Promise<HeldMessage | undefined> {
    const stored = await this.link.ask('a tombstone was not read', (manager) =>
      manager.streams.getMessage(this.stream, { last_by_subj: natsTombstoneSubject(this.stem, streamSequence) }));
    const header = decodeRunHeader(stored?.header);
    return stored === null || header === undefined ? undefined : { header, body: stored.data, tombstone: stored.seq };
  }

  /** From any replica; one that lags may not have it yet. */
  private async readDirect(streamSequence: number): Promise<HeldMessage | undefined> {
    const reply = await this.link.inbox.request(`$JS.API.DIRECT.GET.${this.stream}`, `{"seq":${streamSequence}}`);
    const code = reply.headers?.code ?? 0;
    if (code === notFound) return undefined;
    if (code !== 0) throw unavailable(`a run was not read: ${String(code)}`);
    const header = decodeRunHeader(reply.headers);
    return header === undefined ? undefined : { header, body: reply.data, tombstone: 0 };
  }

  private async readFromLeader(streamSequence: number): Promise<HeldMessage | undefined> {
    const stored = await this.link.ask('a run was not read', (manager) => manager.streams.getMessage(this.stream, { seq: streamSequence }));
    const header = decodeRunHeader(stored?.header);
    return stored === null || header === undefined ? undefined : { header, body: stored.data, tombstone: 0 };
  }
}

export function committedRun(run: IndexedRun, held: HeldMessage): CommittedRun {
  const { sequence, prev, timeUs, count } = run;
  return { producer: held.header.producer, count, body: held.body, sequence, prev, timeUs };
}
