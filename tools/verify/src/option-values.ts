export const maxSeed = 4_294_967_295;

/** The integer that an option says. Raises Error naming the option and its bounds. */
export function integerOption(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new Error(`${name} must be an integer from ${String(min)} to ${String(max)}, not ${text}`);
  return value;
}
