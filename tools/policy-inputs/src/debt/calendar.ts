const DAY_MS = 86_400_000;

/** Milliseconds of a date `YYYY-MM-DD`; undefined when it is none of the calendar. */
function timeOf(date: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const time = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date ? undefined : time;
}

/** Whether the text is a date of the calendar, as `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return timeOf(text) !== undefined;
}

/** Days from one date to another, negative when the other is earlier. @throws Error when one is no date */
export function daysBetween(from: string, to: string): number {
  const [start, end] = [timeOf(from), timeOf(to)];
  if (start === undefined || end === undefined) throw new Error(`Not a date as YYYY-MM-DD: ${start === undefined ? from : to}`);
  return (end - start) / DAY_MS;
}

/** The date some days after another. @throws Error when it is no date */
export function addDays(date: string, days: number): string {
  const start = timeOf(date);
  if (start === undefined) throw new Error(`Not a date as YYYY-MM-DD: ${date}`);
  return new Date(start + days * DAY_MS).toISOString().slice(0, 10);
}
