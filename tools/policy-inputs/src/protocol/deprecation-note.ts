/** What the comment of a deprecated thing says, in the one form that is read: `Deprecated: use NAME; removal YYYY-MM-DD.` */
export interface DeprecationNote {
  /** A name, `nothing`, or empty when the comment says none. */
  readonly replacement: string;
  /** Empty when the comment says none, or no day of the calendar. */
  readonly removal: string;
}

const NOTE = /\bDeprecated: use `?([A-Za-z_][\w.]*)`?; removal (\d{4}-\d{2}-\d{2})\./;
const DAY_MS = 86_400_000;

/** Whether a text is a day of the calendar, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Days from one day to another; negative when the second is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

export function readDeprecationNote(comment: string): DeprecationNote {
  const [, replacement = '', removal = ''] = NOTE.exec(comment) ?? [];
  return { replacement, removal: isDay(removal) ? removal : '' };
}

/** Whether a comment calls its thing deprecated, in whatever words. */
export function saysDeprecated(comment: string): boolean {
  return /\bdeprecated\b/i.test(comment);
}
