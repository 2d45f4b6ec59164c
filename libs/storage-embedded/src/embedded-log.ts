import type {
  CommittedRun, LocalBackplane, LogAppendResult, LogHead, LogPage, LogWindow, OpenLogOptions, RunRecord, TopicLog,
} from '@arqonbus/storage';
import type { TopicKey } from '@arqonbus/tenancy';
import type { DatabaseClient } from './database-client.js';
import { numbersPerResult, Outcome, type AppendAnswer } from './database-messages.js';
import { packRuns, unpackRuns, type PackedRuns } from './packed-runs.js';

/** What all that have opened a topic in this process share. */
export interface SharedLog {
  readonly key: TopicKey;
  /** Its number with the worker. */
  readonly log: number;
  readonly options: OpenLogOptions;
  /** As of what was acknowledged last. */
  head: LogHead;
  usersCount: number;
  /** Erasures run one after the other, so that none rewrites what another has just replaced. */
  erasing: Promise<unknown>;
}

/** Log of one topic in the file. */
export class EmbeddedLog implements TopicLog {
  private isClosed = false;

  constructor(
    private readonly shared: SharedLog, private readonly client: DatabaseClient, private readonly backplane: LocalBackplane, private readonly leave: () => void,
  ) {}

  get key(): TopicKey {
    return this.shared.key;
  }

  get head(): LogHead {
    return this.shared.head;
  }

  async readHead(): Promise<LogHead> {
    return this.hear(await this.client.ask('head', { log: this.shared.log }));
  }

  async append(runs: readonly RunRecord[], nowUs: number): Promise<readonly LogAppendResult[]> {
    if (runs.length === 0) return [];
    const packed = packRuns(runs);
    const answer = await this.client.append({ log: this.shared.log, nowUs, runs: packed });
    this.hear(answer.head);
    this.backplane.announce(this.key, committedRuns(packed, answer));
    return runs.map((run, index) => resultAt(answer, index, run.count));
  }

  async read(window: LogWindow): Promise<LogPage> {
    const { head, runs, isComplete } = await this.client.ask('read', { log: this.shared.log, window });
    return { ...this.hear(head), runs: unpackRuns(runs), isComplete };
  }

  erase(sequence: number, rewrite: (run: CommittedRun) => Uint8Array): Promise<boolean> {
    const { shared, client } = this;
    const erased = shared.erasing.then(async () => {
      const { epoch, runs } = await client.ask('runAt', { log: shared.log, sequence });
      const run = unpackRuns(runs).at(0);
      if (run === undefined) return false;
      const body = Uint8Array.from(rewrite(run));
      const isErased = await client.ask('replace', { log: shared.log, epoch, sequence: run.sequence, body });
      if (isErased) this.backplane.announceErased(this.key, run.sequence);
      return isErased;
    });
    shared.erasing = Promise.allSettled([erased]);
    return erased;
  }

  async reset(nowUs: number): Promise<LogHead> {
    const head = this.hear(await this.client.ask('reset', { log: this.shared.log, nowUs }));
    this.backplane.announceReset(this.key, head);
    return head;
  }

  async trim(nowUs: number): Promise<void> {
    this.hear(await this.client.ask('trim', { log: this.shared.log, nowUs }));
  }

  close(): void {
    if (!this.isClosed) this.leave();
    this.isClosed = true;
  }

  private hear(head: LogHead): LogHead {
    this.shared.head = head;
    return head;
  }
}

/** The accepted runs as the log now holds them. */
function committedRuns(packed: PackedRuns, { results }: AppendAnswer): CommittedRun[] {
  const isAccepted = (index: number): boolean => results[index * numbersPerResult] === Outcome.accepted;
  return unpackRuns(packed).flatMap((run, index) => {
    if (!isAccepted(index)) return [];
    const [, sequence, , timeUs] = results.subarray(index * numbersPerResult);
    return [{ ...run, sequence, prev: sequence - 1, timeUs }];
  });
}

function resultAt({ results }: AppendAnswer, index: number, runCount: number): LogAppendResult {
  const [outcome, sequence, count] = results.subarray(index * numbersPerResult);
  if (outcome === Outcome.accepted) return { outcome: 'accepted', sequence, count };
  if (outcome === Outcome.duplicate) return { outcome: 'duplicate', sequence, count: sequence === 0 ? runCount : count };
  return { outcome: outcome === Outcome.out_of_order ? 'out_of_order' : 'producer_unknown' };
}
