import { usageError } from '../cli-error.js';

/** A command line taken apart and checked against the command's options. */
export class CommandLine {
  constructor(
    readonly command: string,
    readonly operands: readonly string[],
    private readonly given: ReadonlyMap<string, readonly string[]>,
  ) {}

  has(option: string): boolean {
    return this.given.has(option);
  }

  value(option: string): string | undefined {
    return this.given.get(option)?.at(-1);
  }

  list(option: string): readonly string[] {
    return this.given.get(option) ?? [];
  }

  /** A whole number within bounds. Raises a usage error that names option and range. */
  integer(option: string, bounds: { readonly min: number; readonly max: number }): number | undefined {
    const text = this.value(option);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (!/^\d{1,15}$/.test(text) || number < bounds.min || number > bounds.max) {
      throw usageError(`--${option} takes a whole number from ${bounds.min} to ${bounds.max}, got "${text}"`);
    }
    return number;
  }
}
