import { topicKeyText, type TopicKey } from '@arqonbus/tenancy';
import type { Backplane, CommittedRun, Following, LogFollower, LogHead, LogPage, TopicLog } from './topic-log.js';

/** One read for a follower that is behind. */
const catchUpEvents = 4_096;
const catchUpBytes = 1_048_576;
const defaultRetryMs = 250;

interface FollowerPlace {
  readonly log: TopicLog;
  readonly follower: LogFollower;
  epoch: number;
  /** Sequence of the last event brought. */
  position: number;
  /** Sequence of the last event known to be in the log. */
  target: number;
  /** Runs that were erased: a page read before the last of them is old. */
  erasures: number;
  isReading: boolean;
  isStopped: boolean;
  retryTimer: NodeJS.Timeout | undefined;
}

/**
 * Backplane within one process, for stores of which no other process is told. The store calls `announce` and its siblings after the commit,
 * in the order of commits and resets; followers must not throw. A follower that is behind what is announced is fed by reading the log.
 */
export class LocalBackplane implements Backplane {
  private readonly followers = new Map<string, Set<FollowerPlace>>();
  private readonly watchers = new Map<string, Set<(channel: string) => void>>();

  /** @param options.retryMs milliseconds after which a read that the store refused is tried again */
  constructor(private readonly options: { readonly retryMs: number } = { retryMs: defaultRetryMs }) {}

  /** The runs of one commit, in order, as the log now holds them. */
  announce(key: TopicKey, runs: readonly CommittedRun[]): void {
    const last = runs.at(-1);
    if (last === undefined) return;
    for (const place of this.followers.get(topicKeyText(key)) ?? []) {
      place.target = Math.max(place.target, last.sequence + last.count - 1);
      const fresh = place.position < runs[0].sequence ? runs : runs.filter((run) => run.sequence > place.position);
      if (fresh.length === 0) continue;
      if (fresh[0].prev === place.position) deliver(place, fresh);
      else void this.catchUp(place);
    }
  }

  /** The log began the epoch of `head`. */
  announceReset(key: TopicKey, head: LogHead): void {
    for (const place of this.followers.get(topicKeyText(key)) ?? []) {
      if (place.epoch === head.epoch) continue;
      place.target = head.lastSequence;
      restart(place, head);
    }
  }

  /** The run that holds the sequence was rewritten. */
  announceErased(key: TopicKey, sequence: number): void {
    for (const place of this.followers.get(topicKeyText(key)) ?? []) {
      place.erasures += 1;
      place.follower.erased(sequence);
    }
  }

  /** A channel of a room has a log now. */
  announceChannel(tenant: string, room: string, channel: string): void {
    for (const onChannel of this.watchers.get(`${tenant}/${room}`) ?? []) onChannel(channel);
  }

  follow(log: TopicLog, afterSequence: number, follower: LogFollower): Following {
    const place: FollowerPlace = {
      log, follower, epoch: log.head.epoch, position: afterSequence, target: log.head.lastSequence, erasures: 0, isReading: false, isStopped: false, retryTimer: undefined,
    };
    const stop = addTo(this.followers, topicKeyText(log.key), place);
    if (place.position < place.target) void this.catchUp(place);
    return {
      stop: () => {
        place.isStopped = true;
        clearTimeout(place.retryTimer);
        stop();
      },
    };
  }

  watchRoom(tenant: string, room: string, onChannel: (channel: string) => void): Following {
    // A function of its own: the same callback may watch twice.
    const watcher = (channel: string): void => { onChannel(channel); };
    return { stop: addTo(this.watchers, `${tenant}/${room}`, watcher) };
  }

  close(): Promise<void> {
    for (const places of this.followers.values()) {
      for (const place of places) {
        place.isStopped = true;
        clearTimeout(place.retryTimer);
      }
    }
    this.followers.clear();
    this.watchers.clear();
    return Promise.resolve();
  }

  /** Reads until the follower has all that is known to be there; announcements that come meanwhile move the target. */
  private async catchUp(place: FollowerPlace): Promise<void> {
    if (place.isReading) return;
    place.isReading = true;
    try {
      while (!place.isStopped && place.position < place.target) {
        const { epoch, position, erasures } = place;
        const page = await place.log.read({ fromSequence: position + 1, maxEvents: catchUpEvents, maxBytes: catchUpBytes });
        // Something was told first: what was read is old.
        if (place.isStopped || place.epoch !== epoch || place.position !== position || place.erasures !== erasures) continue;
        takePage(place, page);
      }
    } catch {
      if (!place.isStopped) {
        place.retryTimer = setTimeout(() => void this.catchUp(place), this.options.retryMs);
        place.retryTimer.unref();
      }
    } finally {
      place.isReading = false;
    }
  }
}

function deliver(place: FollowerPlace, runs: readonly CommittedRun[]): void {
  const last = runs[runs.length - 1];
  place.position = last.sequence + last.count - 1;
  place.follower.committed(runs);
}

function restart(place: FollowerPlace, head: LogHead): void {
  place.epoch = head.epoch;
  place.position = head.lastSequence;
  place.follower.restarted(head);
}

function takePage(place: FollowerPlace, page: LogPage): void {
  const { epoch, firstSequence, lastSequence, runs } = page;
  if (epoch !== place.epoch) {
    place.target = lastSequence;
    restart(place, { epoch, firstSequence, lastSequence: 0 });
    return;
  }
  if (runs.length === 0) {
    // Read before what was announced: asked again a little later.
    if (lastSequence <= place.position) throw new RangeError('the log is behind its announcements');
    // Retention took all that was to be brought.
    restart(place, { epoch, firstSequence, lastSequence });
    return;
  }
  let fresh = runs;
  if (runs[0].sequence <= place.position) {
    // The follower began within this run.
    place.position = runs[0].sequence + runs[0].count - 1;
    fresh = runs.slice(1);
  }
  if (fresh.length === 0) return;
  if (fresh[0].prev > place.position) restart(place, { epoch, firstSequence, lastSequence: fresh[0].prev });
  // The follower may have stopped in answer to the restart.
  if (!place.isStopped) deliver(place, fresh);
}

function addTo<Value>(sets: Map<string, Set<Value>>, key: string, value: Value): () => void {
  const set = sets.get(key) ?? new Set<Value>();
  sets.set(key, set.add(value));
  return () => {
    set.delete(value);
    if (set.size === 0 && sets.get(key) === set) sets.delete(key);
  };
}
