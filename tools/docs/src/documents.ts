import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './repository-root.js';

/** A Markdown document, by path from the repository's root. */
export interface MarkdownDocument {
  readonly path: string;
  readonly text: string;
}

/** The README, everything in docs/, and the pages for contributors. */
export function readDocuments(): MarkdownDocument[] {
  const docs = ['docs', 'docs/spec'].flatMap((folder) => (
    readdirSync(join(REPOSITORY_ROOT, folder)).filter((name) => name.endsWith('.md')).sort().map((name) => `${folder}/${name}`)));
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...docs].map(readDocument);
}

/** One document. Throws Error when it does not exist. */
export function readDocument(path: string): MarkdownDocument {
  return { path, text: readFileSync(join(REPOSITORY_ROOT, path), 'utf8') };
}
