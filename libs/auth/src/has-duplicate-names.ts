/**
 * True when an object anywhere in the JSON text holds one name twice (RFC 7519, 4: claim names are unique). `JSON.parse`
 * takes the last one in silence, another reader the first: such a token means different things to different parts.
 * The text must be valid JSON; names are compared after unescaping.
 */
export function hasDuplicateNames(json: string): boolean {
  // One entry per open bracket: the names seen of an object, undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  let expectsName = false;
  for (let at = 0; at < json.length; at += 1) {
    const mark = json[at];
    if (mark === '"') {
      const end = endOfText(json, at);
      const names = open.at(-1);
      if (expectsName && names !== undefined) {
        const name = JSON.parse(json.slice(at, end + 1)) as string;
        if (names.has(name)) return true;
        names.add(name);
        expectsName = false;
      }
      at = end;
    } else if (mark === '{' || mark === '[') {
      open.push(mark === '{' ? new Set() : undefined);
      expectsName = mark === '{';
    } else if (mark === '}' || mark === ']') {
      open.pop();
      expectsName = false;
    } else if (mark === ',') {
      expectsName = open.at(-1) !== undefined;
    }
  }
  return false;
}

/** Index of the quotation mark that ends the text beginning at `start`. */
function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}
