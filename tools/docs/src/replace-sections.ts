/**
 * Replaces what stands between `<!-- generated:NAME -->` and `<!-- /generated:NAME -->`. Throws Error for a section without its
 * pair of markers, and for a pair of markers that no section fills.
 */
export function replaceSections(text: string, sections: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [name, body] of Object.entries(sections)) {
    const { start, end } = findSection(result, name);
    result = `${result.slice(0, start)}\n\n${body}\n\n${result.slice(end)}`;
  }
  for (const [, name] of text.matchAll(/<!-- generated:([a-z-]+) -->/g)) {
    if (name !== undefined && !(name in sections)) throw new Error(`nothing fills the section ${name}`);
  }
  return result;
}

/** Offsets of a section's content, markers left out. Throws Error unless each marker stands there once. */
function findSection(text: string, name: string): { readonly start: number; readonly end: number } {
  const open = `<!-- generated:${name} -->`;
  const close = `<!-- /generated:${name} -->`;
  const openAt = text.indexOf(open);
  const end = text.indexOf(close);
  if (openAt < 0 || end < openAt || text.indexOf(open, openAt + 1) >= 0) throw new Error(`the section ${name} needs one ${open} before one ${close}`);
  return { start: openAt + open.length, end };
}
