import type { LinkFlow } from './link-flow.js';

interface Waiting {
  readonly frameBytes: number;
  readonly work: () => void;
}

/** Messages that wait before the link is not read any more. */
const PAUSE_COUNT = 4_096;

export interface BacklogParts {
  readonly flow: LinkFlow;
  /** True while a topic frame of this size may not be published. */
  mustWait(frameBytes: number): boolean;
}

/** What of the link's messages waits, in order, behind a frame that may not be published in this turn. */
export class Backlog {
  readonly #parts: BacklogParts;
  #waiting: Waiting[] = [];
  #isRunning = false;
  #isPaused = false;

  constructor(parts: BacklogParts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Appends a message; `frameBytes` is 0 for all but topic frames. */
  add(frameBytes: number, work: () => void): void {
    this.#waiting.push({ frameBytes, work });
    if (this.#waiting.length < PAUSE_COUNT || this.#isPaused) return;
    this.#isPaused = true;
    this.#parts.flow.pause();
  }

  /** Carries out what may be now. */
  run(): void {
    this.#runWhile((waiting) => !this.#parts.mustWait(waiting.frameBytes));
  }

  /** Carries out all of it. */
  runAll(): void {
    this.#runWhile(() => true);
  }

  #runWhile(mayRun: (waiting: Waiting) => boolean): void {
    if (this.#isRunning || this.#waiting.length === 0) return;
    this.#isRunning = true;
    let doneCount = 0;
    try {
      for (; doneCount < this.#waiting.length && mayRun(this.#waiting[doneCount]); doneCount += 1) this.#waiting[doneCount].work();
    } catch (error) {
      doneCount = this.#waiting.length;
      this.#parts.flow.fail(error instanceof Error ? error.message : 'malformed');
    } finally {
      this.#waiting = this.#waiting.slice(doneCount);
      this.#isRunning = false;
    }
    if (!this.#isPaused || this.#waiting.length > 0) return;
    this.#isPaused = false;
    this.#parts.flow.resume();
  }
}
