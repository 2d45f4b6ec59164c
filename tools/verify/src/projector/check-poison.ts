import type { ProjectionReport } from './projection-violation.js';
import type { DeadLetter, PublishedEvent, RecordedProjection } from './recorded-projection.js';

/** Every poison is one dead letter of the table and at least one of the topic, as it was published; nothing else is. Returns of how many that holds. */
export function checkPoison({ published, deadLetters, announced }: RecordedProjection, report: ProjectionReport): number {
  const poison = published.filter(({ planned }) => planned.kind === 'poison');
  const byPlace = new Map<string, DeadLetter>();
  const doubled = new Set<string>();
  for (const letter of deadLetters) {
    const place = placeOf(letter);
    if (byPlace.has(place)) {
      doubled.add(place);
      report('dead_letter_doubled', `two dead letters of ${place}: ${String(byPlace.get(place)?.id)} and ${letter.id}`);
    }
    byPlace.set(place, letter);
  }
  const expected = new Set(poison.map((event) => placeOf({ ...event, tenant: event.planned.tenant })));
  for (const [place, letter] of byPlace) {
    if (!expected.has(place)) report('dead_letter_phantom', `the event at ${place} is a dead letter with ${letter.errorCode} (${letter.reason}), and nothing is wrong with it`);
  }
  const topic = new Map<string, DeadLetter[]>();
  for (const letter of announced) topic.set(letter.id, [...(topic.get(letter.id) ?? []), letter]);
  const known = new Set(deadLetters.map(({ id }) => id));
  for (const { id, tenant } of announced) if (!known.has(id)) report('announced_phantom', `the topic of ${tenant} has the dead letter ${id}, which the table has not`, id);
  return poison.filter((event) => isRight(event, { byPlace, topic, doubled }, report)).length;
}

interface Found {
  readonly byPlace: ReadonlyMap<string, DeadLetter>;
  readonly topic: ReadonlyMap<string, readonly DeadLetter[]>;
  readonly doubled: ReadonlySet<string>;
}

function isRight(event: PublishedEvent, { byPlace, topic, doubled }: Found, report: ProjectionReport): boolean {
  const place = placeOf({ ...event, tenant: event.planned.tenant });
  const what = `the poison "${String(event.planned.flaw)}" at ${place}`;
  const letter = byPlace.get(place);
  if (letter === undefined) {
    report('dead_letter_missing', `${what} is no dead letter`);
    return false;
  }
  const differing = differences(letter, event);
  if (differing.length > 0) report('dead_letter_differs', `${what}: in the table ${differing.join(', ')} is not right`);
  const copies = topic.get(letter.id) ?? [];
  if (copies.length === 0) report('dead_letter_unannounced', `${what} is not in the dead-letter topic`);
  const wrong = copies.flatMap((copy) => [...differences(copy, event), ...(placeOf(copy) === place ? [] : ['position'])]);
  if (wrong.length > 0) report('dead_letter_differs', `${what}: in the topic ${[...new Set(wrong)].join(', ')} is not right`);
  return differing.length === 0 && copies.length > 0 && wrong.length === 0 && !doubled.has(place);
}

function differences(letter: DeadLetter, { planned, sender }: PublishedEvent): string[] {
  const isSame = {
    payload: Buffer.compare(letter.payload, planned.payload) === 0,
    type: letter.type === planned.type,
    sender: letter.sender === sender,
    code: letter.errorCode !== '',
    reason: letter.reason !== '',
    'time of failure': letter.firstFailureUs > 0 && letter.lastFailureUs >= letter.firstFailureUs,
  };
  return Object.entries(isSame).filter(([, same]) => !same).map(([field]) => field);
}

function placeOf({ tenant, epoch, sequence }: Pick<DeadLetter, 'tenant' | 'epoch' | 'sequence'>): string {
  return `${tenant} ${epoch.toString(16)}/${String(sequence)}`;
}
