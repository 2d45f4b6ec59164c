import type { LogAppendResult, RunProducer, RunRecord } from '@arqonbus/storage';
import { natsRunSubject, type TopicKey } from '@arqonbus/tenancy';
import type { NatsLink } from './nats-link.js';
import type { OpenedTopic } from './open-topic.js';
import { keyOf } from './producer-table.js';
import { readPublishAck, type PublishAck } from './publish-ack.js';
import { decodeRunHeader, encodeRunHeader, expectLastOfSubject } from './run-header.js';
import { sequencesPerMessage } from './run-index.js';
import { unavailable } from './unavailable.js';

const maxTriesCount = 20;

/** What is to be done with a run of a group; `send` refers to a position among the messages. */
type Plan = { readonly send: number; readonly isRepeat: boolean } | LogAppendResult;

interface Planned {
  readonly plans: readonly Plan[];
  readonly sent: readonly RunRecord[];
  /** Some run was refused on what this process knows, which may be old. */
  readonly hasRefusals: boolean;
}

/** One append: checks the producers, sends the runs in a row, and waits until they are stored and came back in order. */
export class GroupCommit {
  /** A later run of a producer was stored and an earlier one refused. */
  isTorn = false;

  constructor(
    private readonly link: NatsLink,
    readonly key: TopicKey,
    private topic: OpenedTopic,
    /** Brings the topic up to date with the store. */
    private readonly refresh: () => Promise<OpenedTopic>,
  ) {}

  /** Rejects with STORE_UNAVAILABLE; which of the runs were stored is then unknown, and sending them again settles it. */
  async run(runs: readonly RunRecord[], nowUs: number, idleMs: number): Promise<readonly LogAppendResult[]> {
    for (let count = 0; count < maxTriesCount; count += 1) {
      if (count > 0 || this.topic.view.index.size === 0) this.topic = await this.refresh();
      const results = await this.tryOnce(runs, nowUs, idleMs);
      if (results !== undefined) return results;
    }
    throw unavailable('a log changed too often while a run was stored');
  }

  /** Undefined when nothing was stored, for another Spine stored the first run of the log. */
  private async tryOnce(runs: readonly RunRecord[], nowUs: number, idleMs: number): Promise<readonly LogAppendResult[] | undefined> {
    let planned = this.plan(runs, nowUs, idleMs);
    if (planned.hasRefusals) {
      this.topic = await this.refresh();
      planned = this.plan(runs, nowUs, idleMs);
    }
    const { epoch } = this.topic.view;
    const acks = await this.send(planned.sent, nowUs);
    if (acks === undefined) return undefined;
    await this.topic.stream.reach(Math.max(0, ...acks.map(({ streamSequence }) => streamSequence)));
    if (this.topic.view.epoch !== epoch) throw unavailable('the log began a new epoch meanwhile');
    return planned.plans.map((plan) => ('outcome' in plan ? plan : this.resultOf(acks[plan.send], plan.isRepeat, planned.sent[plan.send].count)));
  }

  /** The count is that of the run which was stored, whatever was sent again. */
  private resultOf(ack: StoredAck, isRepeat: boolean, count: number): LogAppendResult {
    const stored = this.topic.view.index.findMessage(ack.streamSequence);
    const outcome = isRepeat || ack.outcome === 'duplicate' ? 'duplicate' : 'accepted';
    return { outcome, sequence: ack.streamSequence * sequencesPerMessage, count: stored?.count ?? count };
  }

  private plan(runs: readonly RunRecord[], nowUs: number, idleMs: number): Planned {
    const { producers } = this.topic.view;
    const sent: RunRecord[] = [];
    /** Runs of this group by producer: where the last one goes, and all of them. */
    const inGroup = new Map<string, { last: number; readonly sends: Map<number, number> }>();
    const plans = runs.map((run): Plan => {
      if (run.producer === undefined) return { send: sent.push(run) - 1, isRepeat: false };
      const key = keyOf(run.producer);
      const group = inGroup.get(key);
      const repeated = group?.sends.get(run.producer.run);
      if (repeated !== undefined) return { send: repeated, isRepeat: true };
      if (group !== undefined && run.producer.run > group.last + 1) return { outcome: 'out_of_order' };
      if (group === undefined || run.producer.run !== group.last + 1) {
        const verdict = producers.check(run.producer, run.count, nowUs, idleMs);
        if (verdict.verdict === 'duplicate') return { outcome: 'duplicate', sequence: verdict.sequence, count: verdict.count };
        if (verdict.verdict !== 'next') return { outcome: verdict.verdict };
      }
      const send = sent.push(run) - 1;
      const sends = group?.sends ?? new Map<number, number>();
      inGroup.set(key, { last: run.producer.run, sends: sends.set(run.producer.run, send) });
      return { send, isRepeat: false };
    });
    const hasRefusals = plans.some((plan) => 'outcome' in plan && plan.outcome !== 'duplicate');
    return { plans, sent, hasRefusals };
  }

  /** Undefined when the log is not empty, as was thought; then nothing was stored. */
  private async send(runs: readonly RunRecord[], nowUs: number): Promise<readonly StoredAck[] | undefined> {
    const { index } = this.topic.view;
    if (runs.length === 0) return [];
    const timeUs = Math.max(nowUs, index.lastTimeUs);
    if (index.size > 0) return this.settle(runs, runs.map((run) => this.publish(run, timeUs, undefined)));
    // Alone, and only onto what was looked at: so its `prev` is right for whoever reads the log after its older runs are gone.
    const last = await this.lastMessage();
    if (last === undefined) return undefined;
    const first = readPublishAck(await this.publish(runs[0], timeUs, { sequence: index.lastSequence, streamSequence: last }));
    if (first.outcome === 'conflict') return undefined;
    const rest = runs.slice(1);
    return [first, ...(await this.settle(rest, rest.map((run) => this.publish(run, timeUs, undefined))))];
  }

  private publish(run: RunRecord, timeUs: number, after: { readonly sequence: number; readonly streamSequence: number } | undefined): ReturnType<NatsLink['inbox']['request']> {
    const { view, stem } = this.topic;
    const written = encodeRunHeader(
      { epoch: view.epoch, count: run.count, timeUs, prev: after?.sequence, producer: run.producer },
      run.producer === undefined ? undefined : messageIdOf(stem, view.epoch, run.producer),
    );
    return this.link.inbox.request(natsRunSubject(stem), run.body, after === undefined ? written : expectLastOfSubject(written, after.streamSequence));
  }

  /** Stream sequence of the last message with a run, of an older epoch or dropped, 0 without one; undefined when there is a run that the log holds. */
  private async lastMessage(): Promise<number | undefined> {
    const { view, stream, stem } = this.topic;
    const { lastSequence } = view.index;
    const stored = await this.link.ask('the last run was not read', (manager) => manager.streams.getMessage(stream.name, { last_by_subj: natsRunSubject(stem) }));
    if (stored === null) return 0;
    const isHeld = decodeRunHeader(stored.header)?.epoch === view.epoch && stored.seq * sequencesPerMessage > lastSequence;
    return isHeld ? undefined : stored.seq;
  }

  private async settle(runs: readonly RunRecord[], requests: readonly ReturnType<NatsLink['inbox']['request']>[]): Promise<StoredAck[]> {
    const replies = await Promise.allSettled(requests.map(async (request) => storedAck(readPublishAck(await request))));
    const failed = replies.findIndex((reply) => reply.status === 'rejected');
    if (failed < 0) return replies.flatMap((reply) => (reply.status === 'fulfilled' ? [reply.value] : []));
    const producers = new Set(replies.flatMap((reply, position) => (reply.status === 'rejected' ? [producerText(runs[position])] : [])));
    this.isTorn = replies.some((reply, position) => position > failed && reply.status === 'fulfilled' && producers.has(producerText(runs[position])));
    throw unavailable('runs were not stored', (replies[failed] as PromiseRejectedResult).reason);
  }
}

type StoredAck = Exclude<PublishAck, { outcome: 'conflict' }>;

function storedAck(ack: PublishAck): StoredAck {
  if (ack.outcome === 'conflict') throw unavailable('a run was refused');
  return ack;
}

function producerText(run: RunRecord): string {
  return run.producer === undefined ? '' : keyOf(run.producer);
}

/** Within its window, the server takes one message of each id. The epoch is part of it, for a new one counts from 1 again. */
function messageIdOf(stem: string, epoch: number, producer: RunProducer): string {
  return `${stem} ${epoch} ${keyOf(producer)} ${producer.run}`;
}
