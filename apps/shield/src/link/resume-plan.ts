import { encodeRouting } from '@arqonbus/envelope';
import type { ShieldMessageInit } from '@arqonbus/link';
import type { PagePosition } from '../fan-out/page-positions.js';

/** What sessions of an earlier link follow, and where each left off. */
export interface ResumeInterest {
  readonly tenant: string;
  readonly room: string;
  /** Empty for the main channel and when `allChannels` is set. */
  readonly channel: string;
  /** Client id of an inbox; room and channel are then empty. */
  readonly recipient: string;
  readonly allChannels: boolean;
}

export interface ResumePosition {
  readonly channel: string;
  readonly epoch: bigint;
  readonly sequence: number;
}

interface ResumeGroup {
  readonly interest: ResumeInterest;
  readonly positions: ResumePosition[];
  readonly sessions: Set<number>;
}

/** Keeps a ResumeTopic under 512 KiB: a session takes 8 bytes. */
const SESSIONS_PER_MESSAGE_COUNT = 32_768;

/**
 * What a new link must resume. Sessions with the same position share a group; one that lagged has
 * its own. An entry leaves the plan when the Spine subscribes the session again, so a link that
 * breaks during the resumption loses nothing: the next one resumes what is left.
 */
export class ResumePlan {
  readonly #groups = new Map<string, ResumeGroup[]>();

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  add(interest: ResumeInterest, positions: readonly ResumePosition[], sessions: Iterable<number>): void {
    const key = keyOf(interest);
    const group: ResumeGroup = { interest, positions: [...positions], sessions: new Set(sessions) };
    const groups = this.#groups.get(key);
    if (groups === undefined) this.#groups.set(key, [group]);
    else groups.push(group);
  }

  /** The session is subscribed again, or no longer wants to be. */
  settle(session: number, interest: ResumeInterest): void {
    const key = keyOf(interest);
    const groups = this.#groups.get(key);
    if (groups === undefined) return;
    for (const group of groups) group.sessions.delete(session);
    const rest = groups.filter((group) => group.sessions.size > 0);
    if (rest.length === 0) this.#groups.delete(key);
    else this.#groups.set(key, rest);
  }

  /** A page has carried the session further than its group: it gets a group of its own. */
  advance(session: number, page: PagePosition): void {
    for (const group of [...this.#groups.values()].flat()) {
      if (!group.sessions.has(session)) continue;
      const index = group.positions.findIndex((position) => isRouting(page.routing, group.interest, position.channel));
      if (index < 0) continue;
      const positions = [...group.positions];
      positions[index] = { channel: positions[index].channel, epoch: BigInt(page.epoch), sequence: page.sequence };
      this.settle(session, group.interest);
      this.add(group.interest, positions, [session]);
      return;
    }
  }

  /** The ResumeTopic messages of the sessions that are still there. */
  *messages(isPresent: (session: number) => boolean): Generator<ShieldMessageInit> {
    for (const group of [...this.#groups.values()].flat()) {
      const sessions = [...group.sessions].filter(isPresent).map(BigInt);
      const positions = group.positions.map(({ channel, epoch, sequence }) => ({ channel, epoch, sequence: BigInt(sequence) }));
      for (let at = 0; at < sessions.length; at += SESSIONS_PER_MESSAGE_COUNT) {
        const value = { ...group.interest, positions, sessions: sessions.slice(at, at + SESSIONS_PER_MESSAGE_COUNT) };
        yield { body: { case: 'resumeTopic', value } };
      }
    }
  }

  /** Forgets sessions that are gone. */
  prune(isPresent: (session: number) => boolean): void {
    for (const group of [...this.#groups.values()].flat()) {
      for (const session of group.sessions) if (!isPresent(session)) this.settle(session, group.interest);
    }
  }
}

function keyOf(interest: ResumeInterest): string {
  return JSON.stringify([interest.tenant, interest.room, interest.channel, interest.recipient, interest.allChannels]);
}

function isRouting(routing: Uint8Array, interest: ResumeInterest, channel: string): boolean {
  return Buffer.compare(encodeRouting(interest.room, channel, interest.recipient), routing) === 0;
}
