import type { SeededRandom } from '@arqonbus/testkit';

/** What a context is given to render. */
export interface Place {
  /** An environment-style name, `GITHUB_TOKEN`; contexts respell it as is usual there. */
  readonly name: string;
  /** The secret with its marks, not yet encoded for the context. */
  readonly value: string;
  readonly random: SeededRandom;
}

/** A shape of text in which secrets are met on a bus. */
export interface Context {
  readonly id: string;
  /** Whether the text names the value, so that values without a mark of their own can be known there. */
  readonly isNamed: boolean;
  /** Whether a value of many lines may stand in it. */
  readonly isMultiLine: boolean;
  render(place: Place): string;
}

type Render = (place: Place) => string;

export function named(id: string, render: Render): Context {
  return { id, isNamed: true, isMultiLine: false, render };
}

export function namedLines(id: string, render: Render): Context {
  return { id, isNamed: true, isMultiLine: true, render };
}

export function free(id: string, render: Render): Context {
  return { id, isNamed: false, isMultiLine: false, render };
}

export function freeLines(id: string, render: Render): Context {
  return { id, isNamed: false, isMultiLine: true, render };
}

/** `GITHUB_TOKEN` as `githubToken`, `github_token`, `github-token`, `Github-Token`. */
export function camel(name: string): string {
  return name.toLowerCase().replace(/_([a-z0-9])/g, (_, char: string) => char.toUpperCase());
}

export function snake(name: string): string {
  return name.toLowerCase();
}

export function kebab(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

export function pascal(name: string): string {
  const text = camel(name);
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export function headerCase(name: string): string {
  return name.toLowerCase().split('_').map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join('-');
}

/** One of the spellings a JSON key may have. */
export function anySpelling(name: string, random: SeededRandom): string {
  return random.pick([camel, snake, kebab, (text: string) => text, snake, camel])(name);
}

export function id12(random: SeededRandom): string {
  return random.text('0123456789abcdef', 12);
}

export function stamp(random: SeededRandom): string {
  return new Date(1_780_000_000_000 + random.between(0, 20_000_000) * 1000).toISOString();
}
