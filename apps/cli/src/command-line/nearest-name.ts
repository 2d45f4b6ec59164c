/** The known name that the fewest edits lead to, or undefined when none is near: more than a third of its letters, and more than one, differ. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, edits: editCount(name, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)) || (name.length > 1 && candidate.startsWith(name)))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}

/** Insertions, deletions and replacements that make one name of the other (Wagner and Fischer), one row at a time. */
function editCount(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = row[column - 1] + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[column] + 1, next[column - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
