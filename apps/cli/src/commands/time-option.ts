import { usageError } from '../cli-error.js';

/** A date of UTC, or a date and a time with its zone: one without would mean another moment on each machine. */
const pattern = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** Reads a time such as 2026-01-31T12:00:00Z, or a date, which is its midnight in UTC; undefined when it is none. */
export function parseTime(text: string): Date | undefined {
  const date = pattern.exec(text)?.[1];
  // Date takes the 30th of February for the 2nd of March.
  if (date === undefined || !isInCalendar(date)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function isInCalendar(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}

/** As parseTime, of an option. Raises a usage error that names it. */
export function timeOption(option: string, text: string): Date {
  const time = parseTime(text);
  if (time === undefined) throw usageError(`--${option} "${text}" is no time`, 'A time looks like 2026-01-31T12:00:00Z.');
  return time;
}
