import { comparePlaces, lostMemoryBetween, placeText, type Place, type RecordedRun } from './recorded-run.js';
import type { Report } from './violation.js';

interface Known {
  readonly place: Place;
  readonly id: string;
  /** Who first named it. */
  readonly witness: string;
}

/** Every place of every topic that anything named (acknowledgements, deliveries, history), and the id that lies there. */
export class PlaceRegister {
  private readonly byPlace = new Map<string, Map<string, Known>>();
  private readonly byId = new Map<string, Known>();
  private readonly sorted = new Map<string, readonly Known[]>();

  constructor(private readonly run: RecordedRun, private readonly report: Report) {
    for (const { id, topic, outcome } of run.publishes) {
      // A duplicate's place may be forgotten; 0 names none.
      if (outcome.kind === 'acked' && outcome.place.sequence > 0n) this.add(topic, outcome.place, id, 'acknowledgement');
    }
    for (const { name, entries } of run.subscribers) {
      for (const entry of entries) if (entry.kind === 'delivered') this.add(entry.topic, entry.place, entry.id, name);
    }
    for (const { via, topic, epoch, events } of run.reads) {
      for (const { id, sequence } of events) this.add(topic, { epoch, sequence }, id, `history of ${via}`);
    }
  }

  /** Known places of a topic, rising. */
  ofTopic(topic: string): readonly Known[] {
    const known = this.sorted.get(topic) ?? [...(this.byPlace.get(topic)?.values() ?? [])].sort((a, b) => comparePlaces(a.place, b.place));
    this.sorted.set(topic, known);
    return known;
  }

  epochsOf(topic: string): bigint[] {
    return [...new Set(this.ofTopic(topic).map(({ place }) => place.epoch))];
  }

  topics(): string[] {
    return [...this.byPlace.keys()];
  }

  private add(topic: string, place: Place, id: string, witness: string): void {
    const places = this.byPlace.get(topic) ?? new Map<string, Known>();
    this.byPlace.set(topic, places);
    const key = placeText(place);
    const there = places.get(key);
    if (there === undefined) places.set(key, { place, id, witness });
    else if (there.id !== id) {
      this.report('number_issued_twice', `${topic} ${key} is ${there.id} by ${there.witness} and ${id} by ${witness}`);
    }
    const earlier = this.byId.get(id);
    if (earlier === undefined) this.byId.set(id, { place, id, witness });
    else if (comparePlaces(earlier.place, place) !== 0) {
      const [first, second] = earlier.place.epoch < place.epoch ? [earlier.place, place] : [place, earlier.place];
      const kind = lostMemoryBetween(this.run, first.epoch, second.epoch) ? 'repeated_after_memory_loss' : 'stored_twice';
      this.report(kind, `${id} lies at ${topic} ${placeText(earlier.place)} by ${earlier.witness} and at ${key} by ${witness}`, id);
    }
  }
}
