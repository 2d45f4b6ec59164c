/**
 * Names that the reference in docs/protocol.md has: each type, `TYPE.MEMBER NUMBER` for each row of its table. Read line by line: a heading of
 * level four names a type, a row begins with a name in backquotes and a number.
 */
export function readDocumented(markdown: string): Set<string> {
  const documented = new Set<string>();
  let type = '';
  for (const line of markdown.split('\n')) {
    const heading = /^(#{1,6}) (.*)$/.exec(line);
    if (heading !== null) {
      type = heading[1] === '####' && /^[a-z]\w*(\.\w+)+$/.test(heading[2] ?? '') ? (heading[2] ?? '') : '';
      if (type !== '') documented.add(type);
      continue;
    }
    const row = /^\| `(\w+)` \| (-?\d+) \|/.exec(line);
    if (row !== null && type !== '') documented.add(`${type}.${row[1] ?? ''} ${row[2] ?? ''}`);
  }
  return documented;
}

/** Full names in backquotes within items of the changelog's unreleased section that say `breaking`. */
export function announcedBreaks(changelog: string): Set<string> {
  const start = changelog.search(/^## \[Unreleased\]/m);
  if (start < 0) return new Set();
  const rest = changelog.slice(start + 1);
  const end = rest.search(/^## /m);
  const items = (end < 0 ? rest : rest.slice(0, end)).split(/^(?=[-*] )/m).slice(1);
  return new Set(items.filter((item) => /\bbreaking\b/i.test(item)).flatMap((item) => [...item.matchAll(/`([\w./]+)`/g)].map(([, name = '']) => name)));
}
