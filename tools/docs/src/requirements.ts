/** A row of docs/requirements.md. */
export interface RequirementRow {
  readonly id: string;
  readonly text: string;
  readonly status: 'met' | 'partly' | 'not yet';
  /** What follows the status: what is missing, or which step brings it. */
  readonly note: string;
  /** Test files, from the repository's root. */
  readonly tests: readonly string[];
}

/** Rows of the requirements table. Throws Error for a row of another shape. */
export function readRequirements(text: string): RequirementRow[] {
  return text.split('\n').filter((line) => /^\| [A-Z]\d/.test(line)).map((line) => {
    const match = /^\| ([A-Z]\d+) \| ([^|]+) \| (met|partly|not yet)(?:: ([^|]+))? \| ([^|]*) \|$/.exec(line);
    if (match === null) throw new Error(`not a row of id, text, status and tests: ${line}`);
    const [, id = '', requirement = '', status, note = '', tests = ''] = match;
    const files = tests.trim() === '' ? [] : tests.trim().split('<br>').map((file) => file.replace(/^`(.*)`$/, '$1'));
    return { id, text: requirement.trim(), status: statusOf(status), note: note.trim(), tests: files };
  });
}

/** Ids that the text of a test file cites in parentheses at the end of a title, such as `(F1, F14)`. */
export function readCitedIds(source: string): string[] {
  return [...source.matchAll(/\(([A-S]\d{1,2}(?:, [A-S]\d{1,2})*)\)'/g)].flatMap(([, ids = '']) => ids.split(', '));
}

function statusOf(word: string | undefined): RequirementRow['status'] {
  if (word === 'met' || word === 'partly') return word;
  return 'not yet';
}
