import { timedBytes, ulidText, uuidText, uuidV7Bytes, type SeededRandom } from '@arqonbus/e2e';
import { EpisodeEventSchema } from '@arqonbus/proto';
import type { EpisodeFact, FactKind, PlannedEvent, Stamp } from './episode-fact.js';
import { encodeFact, madeContent, madeText, type Notation } from './made-events.js';
import { flaws, makePoison } from './poison.js';

export const tenants = ['acme', 'globex'] as const;
const agents = ['agent-1', 'Mail.Bot@host_2', 'a'] as const;
export const producersOfTenant = 3;

const shares = { duplicate: 0.05, stale: 0.05, poison: 0.01 } as const;
const eventsPerEpisode = 8;
/** An event is published at most this many places from its own. */
const shufflePlaces = 300;
/** 2026-01-01 in microseconds. */
const beganUs = 1_767_225_600_000_000;

/** What is known of an episode while its events are planned. */
interface Episode {
  readonly tenant: string;
  readonly agent: string;
  readonly id: string;
  /** Capitals or not, as its producer writes it. */
  readonly written: string;
  firstUs: number;
  lastUs: number;
  isThere: boolean;
}

interface Placed {
  readonly place: number;
  readonly event: PlannedEvent;
}

/**
 * `count` events in the order in which they are published: 5 % repeat one that was published before, near or far, 5 % are older than what was
 * published before for their episode, 1 % are poison; the rest makes, changes, summarises, deletes and makes again episodes of several agents of
 * two tenants, shuffled within bounds. The same seed gives the same events.
 */
export function planWorkload(count: number, random: SeededRandom): readonly PlannedEvent[] {
  return new Planner(count, random).plan();
}

class Planner {
  private readonly episodes: Episode[] = [];
  private readonly placed: Placed[] = [];
  private readonly repeatable: Placed[] = [];
  private readonly flawOrder: readonly string[];
  private poisonCount = 0;
  private clockUs = beganUs;

  constructor(private readonly count: number, private readonly random: SeededRandom) {
    this.flawOrder = shuffled(flaws, random);
  }

  plan(): readonly PlannedEvent[] {
    const kinds = this.kinds();
    for (const [place, kind] of kinds.entries()) this.place(kind, place);
    return this.placed.sort((left, right) => left.place - right.place).map(({ event }) => event);
  }

  /** Exactly the shares, in random order; the first events are fresh, since the others need something before them. */
  private kinds(): readonly PlannedEvent['kind'][] {
    const special = (Object.entries(shares) as [keyof typeof shares, number][]).flatMap(([kind, share]) => new Array<PlannedEvent['kind']>(Math.round(this.count * share)).fill(kind));
    const headCount = Math.min(this.count - special.length, 20);
    const freshCount = this.count - special.length - headCount;
    const rest = shuffled([...special, ...new Array<PlannedEvent['kind']>(freshCount).fill('fresh')], this.random);
    return [...new Array<PlannedEvent['kind']>(headCount).fill('fresh'), ...rest];
  }

  private place(kind: PlannedEvent['kind'], place: number): void {
    switch (kind) {
      case 'fresh': {
        const placed = { place: place + this.random.below(shufflePlaces), event: this.fresh() };
        this.placed.push(placed);
        this.repeatable.push(placed);
        return;
      }
      case 'stale': {
        // Behind every fresh one that was planned before it.
        const placed = { place: place + shufflePlaces, event: this.stale() };
        this.placed.push(placed);
        this.repeatable.push(placed);
        return;
      }
      case 'poison':
        this.placed.push({ place: place + this.random.below(shufflePlaces), event: this.poison() });
        return;
      case 'duplicate':
        this.placed.push(this.duplicate(place));
    }
  }

  private fresh(): PlannedEvent {
    const wanted = Math.max(10, Math.ceil(this.count / eventsPerEpisode));
    const isNew = this.episodes.length < 10 || (this.episodes.length < wanted && this.random.below(eventsPerEpisode) === 0);
    const episode = isNew ? this.newEpisode() : this.someEpisode();
    // Now and then two events of an episode at the same microsecond: the event id decides.
    if (isNew || this.random.below(30) > 0) episode.lastUs = Math.max(episode.lastUs + 1, this.tick());
    if (isNew) episode.firstUs = episode.lastUs;
    const kind = this.nextKind(episode);
    if (kind !== 'summarized') episode.isThere = kind !== 'deleted';
    return this.eventOf('fresh', episode, kind, episode.lastUs);
  }

  private nextKind({ isThere }: Episode): FactKind {
    const drawn = this.random.below(100);
    if (!isThere) return drawn < 70 ? 'created' : drawn < 90 ? 'updated' : 'summarized';
    if (drawn < 55) return 'updated';
    if (drawn < 60) return 'created';
    return drawn < 78 ? 'deleted' : 'summarized';
  }

  private stale(): PlannedEvent {
    const episode = this.someEpisode();
    const kind = this.random.pick(['created', 'updated', 'deleted', 'summarized'] as const);
    const spanUs = episode.lastUs - episode.firstUs;
    const tsUs = spanUs === 0 ? episode.firstUs - 1 - this.random.below(1_000) : episode.firstUs + this.random.below(spanUs);
    return this.eventOf('stale', episode, kind, tsUs);
  }

  private poison(): PlannedEvent {
    const episode = this.newEpisodeApart();
    const notation = this.notation(episode, this.tick());
    const fact = this.factOf(episode, 'created', notation.stamp);
    const flaw = this.flawOrder[this.poisonCount % this.flawOrder.length];
    this.poisonCount += 1;
    const { type, payload } = makePoison(flaw, fact, notation, this.random);
    return { kind: 'poison', tenant: episode.tenant, producer: this.producer(), type, payload, fact: undefined, flaw };
  }

  /** Half of them soon after the first, the others anywhere behind it; some write the same id in the other notation. */
  private duplicate(place: number): Placed {
    const isNear = this.random.below(2) === 0;
    const from = isNear ? Math.max(0, this.repeatable.length - 200) : 0;
    const first = this.repeatable[from + this.random.below(this.repeatable.length - from)];
    const { fact } = first.event;
    if (fact === undefined) throw new Error('poison is not repeated');
    const isRewritten = this.random.below(8) === 0;
    const payload = isRewritten ? encodeFact(fact, { eventId: otherNotation(first.event, fact), episodeId: fact.episode.toLowerCase() }) : first.event.payload;
    return { place: Math.max(first.place, place) + 1 + this.random.below(shufflePlaces), event: { ...first.event, kind: 'duplicate', producer: this.producer(), payload } };
  }

  private eventOf(kind: 'fresh' | 'stale', episode: Episode, factKind: FactKind, tsUs: number): PlannedEvent {
    const notation = this.notation(episode, tsUs);
    const fact = this.factOf(episode, factKind, notation.stamp);
    return { kind, tenant: episode.tenant, producer: this.producer(), type: EpisodeEventSchema.typeName, payload: encodeFact(fact, notation), fact, flaw: undefined };
  }

  private factOf({ tenant, agent, id }: Episode, kind: FactKind, stamp: Stamp): EpisodeFact {
    const hasContent = kind === 'created' || kind === 'updated';
    return { kind, tenant, agent, episode: id, stamp, content: hasContent ? madeContent(this.random) : undefined, summary: kind === 'summarized' ? madeText(this.random) : undefined };
  }

  private notation({ written }: Episode, tsUs: number): Notation & { readonly stamp: Stamp } {
    const timeMs = Math.floor(tsUs / 1_000);
    const isUlid = this.random.below(3) === 0;
    const bytes = isUlid ? timedBytes(this.random, timeMs) : uuidV7Bytes(this.random, timeMs);
    const text = isUlid ? ulidText(bytes) : uuidText(bytes);
    return { eventId: this.random.below(10) === 0 ? swapCase(text) : text, episodeId: written, stamp: { tsUs, eventId: uuidText(bytes) } };
  }

  private newEpisode(): Episode {
    const episode = this.newEpisodeApart();
    this.episodes.push(episode);
    return episode;
  }

  private newEpisodeApart(): Episode {
    const id = ulidText(timedBytes(this.random, Math.floor(this.clockUs / 1_000)));
    const written = this.random.below(10) === 0 ? id.toLowerCase() : id;
    return { tenant: this.random.pick(tenants), agent: this.random.pick(agents), id, written, firstUs: this.clockUs, lastUs: this.clockUs, isThere: false };
  }

  /** Half of them from a few that are changed all the time. */
  private someEpisode(): Episode {
    const { episodes, random } = this;
    return episodes[random.below(random.below(2) === 0 ? Math.min(episodes.length, 20 + Math.floor(episodes.length / 20)) : episodes.length)];
  }

  private producer(): number {
    return this.random.below(producersOfTenant);
  }

  private tick(): number {
    this.clockUs += 1 + this.random.below(2_000);
    return this.clockUs;
  }
}

/** The id of an event as a ULID where it was a UUID, and the other way round, where both are possible. */
function otherNotation({ payload }: PlannedEvent, { stamp }: EpisodeFact): string {
  const isUuid = Buffer.from(payload).toString('latin1').includes(stamp.eventId);
  const isV7 = stamp.eventId[14] === '7' && /[89ab]/.test(stamp.eventId[19]);
  if (isUuid) return ulidText(Uint8Array.from(Buffer.from(stamp.eventId.replaceAll('-', ''), 'hex')));
  return isV7 ? stamp.eventId : ulidText(Uint8Array.from(Buffer.from(stamp.eventId.replaceAll('-', ''), 'hex')));
}

function swapCase(text: string): string {
  const capitals = text.toUpperCase();
  return text === capitals ? text.toLowerCase() : capitals;
}

function shuffled<T>(from: readonly T[], random: SeededRandom): T[] {
  const items = [...from];
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = random.below(index + 1);
    const held = items[index];
    items[index] = items[other];
    items[other] = held;
  }
  return items;
}
