import type { Command } from '../command-line.js';

/** One step of what a developer did to the files. Paths are relative to the repository. */
export type Edit =
  /** Makes a file that was not there. */
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'append'; readonly path: string; readonly text: string }
  /** Replaces the first place where `find` stands. */
  | { readonly kind: 'replace'; readonly path: string; readonly find: string; readonly with: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string };

/** In place of a rule's id: the runner itself must refuse to give a verdict. */
export const noVerdict = 'no verdict';

/** Something that the policies must refuse. */
export interface Violation {
  /** Kebab-case, unique. */
  readonly name: string;
  /** Id of the rule that must deny it, or `noVerdict`. */
  readonly rule: string;
  /** What the developer did, in one sentence. */
  readonly did: string;
  readonly edits: readonly Edit[];
  /** File that the finding must point to; default any file that the edits touch. */
  readonly at?: string;
  /** Text that the finding's message, or the reason why there is no verdict, must contain. */
  readonly says?: string;
  /** Compare with the commit that the scratch copy starts from, instead of the committed baselines. */
  readonly isComparedWithCommit?: boolean;
  /** Must not be applied together with others, for it would hide what they do. */
  readonly isAlone?: boolean;
  /** Default `check`. */
  readonly command?: Extract<Command, 'check' | 'coverage'>;
}

/** Makes a file that was not there. */
export function write(path: string, lines: readonly string[]): Edit {
  return { kind: 'write', path, text: `${lines.join('\n')}\n` };
}

/** Adds lines to the end of a file. */
export function append(path: string, lines: readonly string[]): Edit {
  return { kind: 'append', path, text: `\n${lines.join('\n')}\n` };
}

/** Replaces the first place of a text; that it is there is checked, so that no violation goes stale unnoticed. */
export function replace(path: string, find: string, replacement: string): Edit {
  return { kind: 'replace', path, find, with: replacement };
}

/** Removes a file. */
export function remove(path: string): Edit {
  return { kind: 'remove', path };
}

/** Puts other content in place of a file's. */
export function overwrite(path: string, lines: readonly string[]): readonly Edit[] {
  return [remove(path), write(path, lines)];
}

/** Gives a file another name. */
export function rename(path: string, to: string): Edit {
  return { kind: 'rename', path, to };
}

/** Every path that the edits touch. */
export function touchedPaths(edits: readonly Edit[]): string[] {
  return [...new Set(edits.flatMap((edit) => (edit.kind === 'rename' ? [edit.path, edit.to] : [edit.path])))];
}
