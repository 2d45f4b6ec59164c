/** A value as its source wrote it, before a spec reads it. */
export type RawValue =
  /** Quoted scalar of the file: text, never a number or a flag. */
  | { readonly form: 'quoted'; readonly text: string }
  /** Unquoted scalar of the file, or the environment, which knows no quotes. */
  | { readonly form: 'plain'; readonly text: string }
  | { readonly form: 'list'; readonly items: readonly string[] }
  /** A sequence of maps of the file. */
  | { readonly form: 'records'; readonly items: readonly unknown[] };

/** Where a value stood; relative paths begin at `baseFolder`. */
export interface RawPlace {
  readonly source: 'environment' | 'file';
  readonly baseFolder: string;
}

/** A refusal may say which part is wrong, where `allowed` alone would leave people searching. */
export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly detail?: string };

/**
 * One setting as data: how it is named, read, bounded and explained. Made by the functions of `setting-kinds.ts`.
 * `A` is undefined when the setting may be absent, else never.
 */
export interface SettingSpec<K extends string, T, A extends undefined = undefined> {
  /** Dotted lower-case key, its unit at the end: `history.max_bytes`. */
  readonly key: K;
  /** One sentence for people. */
  readonly doc: string;
  /** Name in the environment instead of `ARQON_<APP>_<KEY>`. */
  readonly env?: string;
  /** Never printed. */
  readonly isSecret: boolean;
  /** True when a start without a value is refused. */
  readonly isRequired: boolean;
  readonly defaultValue: T | undefined;
  /** For people: `integer, bytes`. */
  readonly type: string;
  /** For people: what is allowed, `1 to 4096`. */
  readonly allowed: string;
  /** Carries the type `A` alone; never set. */
  readonly absent?: A;
  /** Reads a value; a refusal needs no text, because `allowed` says what would have been right. */
  readonly read: (raw: RawValue, place: RawPlace) => Reading<T>;
}

/** Any spec, whatever its value's type. */
export type AnySettingSpec = SettingSpec<string, unknown>;

/** Type of the value of a spec. */
export type SettingValue<S> = S extends SettingSpec<string, infer T, infer A> ? T | A : never;
