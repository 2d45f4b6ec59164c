/** A fenced block of code. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** Line of the opening fence, counted from 1. */
  readonly line: number;
  /** Content of the HTML comment directly above the fence; empty when there is none. */
  readonly marker: string;
}

/** A link of the text, code left out. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** A link that names a test of a file by its title: `[words](path "title")`. */
export interface TestLink {
  readonly file: string;
  readonly title: string;
}

/** The fenced blocks of a Markdown text, in order. Throws Error for a fence that is not closed. */
export function readCodeBlocks(text: string): CodeBlock[] {
  const lines = text.split('\n');
  const blocks: CodeBlock[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^```(\S*)\s*$/.exec(lines[at] ?? '');
    if (fence === null) continue;
    const end = lines.indexOf('```', at + 1);
    if (end < 0) throw new Error(`the fence in line ${at + 1} is not closed`);
    const marker = /^<!-- (.*) -->$/.exec(lines[at - 1] ?? '')?.[1] ?? '';
    blocks.push({ language: fence[1] ?? '', code: `${lines.slice(at + 1, end).join('\n')}\n`, line: at + 1, marker });
    at = end;
  }
  return blocks;
}

/** Links and images of a Markdown text, inline and by reference definition, outside of code. */
export function readLinks(text: string): Link[] {
  return proseLines(text).flatMap(({ content, line }) => {
    const prose = content.replace(/`[^`]*`/g, (code) => ' '.repeat(code.length));
    const inline = [...prose.matchAll(/\]\(([^)\s]+)\)/g)];
    const definitions = [...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/g)];
    return [...inline, ...definitions].map((match) => ({ target: match[1] ?? '', line }));
  });
}

/** Links with a title, in order; in documentation these name tests. */
export function readTestLinks(text: string): TestLink[] {
  return [...text.matchAll(/\]\(([^)\s]+) "([^"]*)"\)/g)].map(([, file = '', title = '']) => ({ file, title }));
}

/** Anchors of the headings as GitHub makes them: lower case, punctuation dropped, spaces to hyphens, repeated ones numbered. */
export function readAnchors(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const { content } of proseLines(text)) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(content)?.[1];
    if (heading === undefined) continue;
    const slug = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Rows of the Markdown tables of a text, cells trimmed, rulers left out. */
export function readTableRows(text: string): string[][] {
  return text.split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-|: ]+\|$/.test(line))
    .map((line) => line.slice(1, line.lastIndexOf('|')).split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

/** Text from a heading to the next one of its level or above. Throws Error when there is no such heading. */
export function readSection(text: string, heading: string): string {
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`there is no heading ${heading}`);
  const level = heading.indexOf(' ');
  const length = lines.slice(start + 1).findIndex((line) => new RegExp(`^#{1,${level}} `).test(line));
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
}

function proseLines(text: string): { content: string; line: number }[] {
  let isCode = false;
  return text.split('\n').flatMap((content, index) => {
    if (content.startsWith('```')) {
      isCode = !isCode;
      return [];
    }
    return isCode ? [] : [{ content, line: index + 1 }];
  });
}
