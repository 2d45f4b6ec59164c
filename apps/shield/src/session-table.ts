import { stepSession, type Session } from './session.js';

/** The sessions of this process by id. */
export class SessionTable {
  readonly #byId = new Map<number, Session>();
  /** Sessions that wait for a welcome, oldest first. */
  readonly #opening = new Set<Session>();

  get size(): number {
    return this.#byId.size;
  }

  get openingCount(): number {
    return this.#opening.size;
  }

  add(session: Session): void {
    this.#byId.set(session.id, session);
    this.#opening.add(session);
  }

  get(id: number): Session | undefined {
    return this.#byId.get(id);
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  all(): IterableIterator<Session> {
    return this.#byId.values();
  }

  opening(): IterableIterator<Session> {
    return this.#opening.values();
  }

  markLive(session: Session): void {
    if (!stepSession(session, 'welcomed')) return;
    session.wasOpened = true;
    this.#opening.delete(session);
  }

  markOpening(session: Session): void {
    if (stepSession(session, 'link_lost')) this.#opening.add(session);
  }

  /** True when the session was there. */
  remove(session: Session): boolean {
    stepSession(session, 'removed');
    this.#opening.delete(session);
    return this.#byId.delete(session.id);
  }
}
