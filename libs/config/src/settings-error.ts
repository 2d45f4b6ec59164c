/** One reason not to start. */
export interface SettingsProblem {
  /** The setting's key, the unknown key as written, or `--config` for the file itself. */
  readonly key: string;
  /** Environment name, or `file:line`. */
  readonly source: string;
  /** What is wrong, with the class of the value and what is allowed; never a value. */
  readonly message: string;
}

/** Raised by `loadSettings` with every problem found, so that one start shows them all (A20). */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly SettingsProblem[];

  constructor(appName: string, problems: readonly SettingsProblem[]) {
    const lines = problems.map(({ key, source, message }) => `  ${key} (${source}): ${message}`);
    super([`${appName}: ${problems.length} bad setting${problems.length === 1 ? '' : 's'}`, ...lines].join('\n'));
    this.problems = Object.freeze([...problems]);
  }
}
