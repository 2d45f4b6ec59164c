/**
 * PostgreSQL's text form of arrays, which is bound as one value. Built here because the drivers look at each element's type and escape it with several
 * passes, which took longer than everything else that this process does for a batch.
 */

const special = /["\\]/;
/** Also of a backslash before such a letter, which the slower way writes too. */
const escapeOfJsonAlone = /\\[bfnrtu]/;
const escapedByJsonAlone = /[\p{Cc}\p{Cs}]/u;

/** Of elements whose text needs no quotes: numbers, UUIDs, booleans. */
export function plainArray(values: readonly (string | number | boolean | null)[]): string {
  // What join leaves out is null.
  return values.includes(null) ? `{${values.map((value) => value ?? 'NULL').join(',')}}` : `{${values.join(',')}}`;
}

/** JSON of an array is that of PostgreSQL but for its brackets, unless a text has characters that JSON alone escapes. */
export function textArray(values: readonly (string | null)[]): string {
  const json = JSON.stringify(values);
  return escapeOfJsonAlone.test(json) ? `{${values.map((value) => (value === null ? 'NULL' : quoted(value))).join(',')}}` : `{${json.slice(1, -1)}}`;
}

/** JSON escapes quotes and backslashes as arrays do, and is quick; what else it escapes is left to the slow way. */
function quoted(value: string): string {
  if (!special.test(value)) return `"${value}"`;
  return escapedByJsonAlone.test(value) ? `"${value.replace(/["\\]/g, String.raw`\$&`)}"` : JSON.stringify(value);
}
