import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readMachineDocument, type MachineDocument } from './read-machine-document.js';
import { waitFor } from '../wait-for.js';

/** Which event leads from which state to which, as code holds it. What is not in it leaves the state as it is. */
export type TransitionTable = Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>;

/** What an event returns when the object offers no way to let it happen in the state; the reason is part of the test. */
export interface Impossible {
  readonly impossible: string;
}

/** @param why what of the code keeps the event from happening here */
export function impossible(why: string): Impossible {
  return { impossible: why };
}

export interface MachineDrive<Rig> {
  /** Name of the document under docs/state_machines, without `.md`. */
  readonly document: string;
  readonly table: TransitionTable;
  /** The object that holds the state, and its field. */
  readonly object: (rig: Rig) => object;
  readonly field: string;
  /** Brings a new object into each state, by what brings it there in production. */
  readonly reach: Readonly<Record<string, () => Rig | Promise<Rig>>>;
  /** Lets each event happen to the object. */
  readonly events: Readonly<Record<string, (rig: Rig, from: string) => Impossible | void | Promise<Impossible | void>>>;
  /** Called behind each case. */
  readonly end?: (rig: Rig) => void | Promise<void>;
  /** Called behind an event that must change nothing; default a few turns of the loop. */
  readonly settle?: (rig: Rig) => void | Promise<void>;
}

type Register = (name: string, run: () => Promise<void>) => void;

const settleTurns = 5;

/** Reads a document of this repository. */
export function machineDocument(name: string): MachineDocument {
  const path = join(resolve(import.meta.dirname, '../../../..'), 'docs/state_machines', `${name}.md`);
  return readMachineDocument(readFileSync(path, 'utf8'));
}

/** `from event to` of every transition, sorted. */
function arrows(table: TransitionTable): string[] {
  return Object.entries(table).flatMap(([from, row]) => Object.entries(row).map(([event, to]) => `${from} ${event} ${String(to)}`)).sort();
}

function difference(left: readonly string[], right: readonly string[]): string[] {
  return left.filter((each) => !right.includes(each));
}

/** Raises Error that names what one of the document, the code's table and the test has and another has not. */
export function compareMachine(
  document: MachineDocument, drive: { readonly table: TransitionTable; readonly reach: Readonly<Record<string, unknown>>; readonly events: Readonly<Record<string, unknown>> },
): void {
  const written = document.transitions.map(({ from, event, to }) => `${from} ${event} ${to}`).sort();
  const states = document.states.map(({ name }) => name);
  const events = document.events.map(({ name }) => name);
  const faults = [
    ['not in the code', difference(written, arrows(drive.table))],
    ['not in the document', difference(arrows(drive.table), written)],
    ['a state not in the code', difference(states, Object.keys(drive.table))],
    ['a state not in the document', difference(Object.keys(drive.table), states)],
    ['a state the test does not reach', difference(states, Object.keys(drive.reach))],
    ['an event the test does not make', difference(events, Object.keys(drive.events))],
    ['only in the test', [...difference(Object.keys(drive.reach), states), ...difference(Object.keys(drive.events), events)]],
  ] as const;
  const found = faults.filter(([, names]) => names.length > 0).map(([what, names]) => `${what}: ${names.join(', ')}`);
  if (found.length > 0) throw new Error(found.join('; '));
}

/** Values that are written to a field from now on. The object behaves as before. */
function recordField(object: object, field: string): unknown[] {
  const written: unknown[] = [];
  let value: unknown = Reflect.get(object, field);
  Object.defineProperty(object, field, {
    configurable: true,
    enumerable: true,
    get: () => value,
    set: (next: unknown) => {
      value = next;
      written.push(next);
    },
  });
  return written;
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < settleTurns; turn += 1) await new Promise((done) => { setImmediate(done); });
}

async function runCase<Rig>(drive: MachineDrive<Rig>, from: string, event: string): Promise<void> {
  const wanted = drive.table[from]?.[event];
  const rig = await drive.reach[from]();
  try {
    const object = drive.object(rig);
    const before: unknown = Reflect.get(object, drive.field);
    if (before !== from) throw new Error(`the object is ${String(before)} where ${from} was to be reached`);
    const written = recordField(object, drive.field);
    const outcome = await drive.events[event](rig, from);
    if (outcome !== undefined) {
      if (wanted !== undefined) throw new Error(`${event} leads from ${from} to ${wanted} and yet is impossible: ${outcome.impossible}`);
    } else if (wanted !== undefined) {
      const isNews = (state: unknown): boolean => state !== from || wanted === from;
      await waitFor(() => written.some(isNews), { what: `${event} to change ${from} into ${wanted}` });
      const next = written.find(isNews);
      if (next !== wanted) throw new Error(`${event} led from ${from} to ${String(next)}, not to ${wanted}`);
    }
    if (wanted === undefined) {
      await (drive.settle === undefined ? turns() : drive.settle(rig));
      const other = written.find((state) => state !== from);
      if (other !== undefined) throw new Error(`${event} led from ${from} to ${String(other)}; no table says so`);
    }
  } finally {
    await drive.end?.(rig);
  }
}

/**
 * Drives a machine over its table, on the real object: registers one test that compares document, code and test, and one for every pair of
 * a state and an event. A pair of the table makes its transition; any other leaves the state as it is, or is impossible.
 *
 * @param it the test runner's function
 */
export function driveMachine<Rig>(it: Register, drive: MachineDrive<Rig>): void {
  const document = machineDocument(drive.document);
  it('document, code and test have the same states, events and transitions', () => Promise.resolve().then(() => { compareMachine(document, drive); }));
  for (const { name: from } of document.states) {
    for (const { name: event } of document.events) {
      const to = drive.table[from]?.[event];
      it(to === undefined ? `${from} is not left by ${event}` : `${from} becomes ${to} by ${event}`, () => runCase(drive, from, event));
    }
  }
}
