/** One line of the transcript. */
export interface DemoStep {
  /** Since the start, in milliseconds. */
  readonly atMs: number;
  readonly text: string;
}

/** What the demo found, as `--json` prints it. */
export interface DemoSummary {
  readonly ok: boolean;
  /** What did not hold; absent when all did. */
  readonly failure?: string;
  readonly durationMs: number;
  readonly steps: readonly DemoStep[];
  /** Numbered messages published while the Shield was killed and restarted. */
  readonly publishedCount: number;
  /** How many of them arrived at the other side. */
  readonly deliveredCount: number;
  readonly lostCount: number;
  readonly doubledCount: number;
  /** Messages of the first tenant that reached the second. */
  readonly foreignCount: number;
}

/** Numbers that the checks counted. */
export type DemoCounts = Omit<DemoSummary, 'ok' | 'failure' | 'durationMs' | 'steps'>;

/** Collects the steps, with the time of each. */
export class Transcript {
  private readonly steps: DemoStep[] = [];
  private readonly startedMs = performance.now();

  /** `print` gets each line at once. */
  constructor(private readonly print: (line: string) => void) {}

  step(text: string): void {
    const atMs = this.elapsedMs();
    this.steps.push({ atMs, text });
    this.print(`${(atMs / 1000).toFixed(2).padStart(6)} s  ${text}`);
  }

  summary(counts: DemoCounts, failure: string | undefined): DemoSummary {
    return { ok: failure === undefined, ...(failure === undefined ? {} : { failure }), durationMs: this.elapsedMs(), steps: this.steps, ...counts };
  }

  private elapsedMs(): number {
    return Math.round(performance.now() - this.startedMs);
  }
}
