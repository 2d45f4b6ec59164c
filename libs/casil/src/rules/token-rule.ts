/** Checksums that token formats carry; `checksums.ts` computes them. */
export type ChecksumName = 'github' | 'npm' | 'cloudflare' | 'atlassian' | 'grafana' | 'nkey';

/** What every rule says. */
interface RuleFacts {
  /** Stable and unique, `<provider>-<what>` in lower-case letters, digits and dashes; shown in findings. */
  readonly id: string;
  /** Who issues it, e.g. `GitHub`. */
  readonly provider: string;
  /** Where the format is known from: the provider's page by name, or what was observed. Words, no address. */
  readonly source: string;
  /**
   * The whole token in the notation of src/pattern (a linear-time subset: literals, `[...]`, `( | )`, `?`, `{n}`, `{n,m}` up to 512, no anchors,
   * no `*` or `+`). Written from the format's alphabet and length, not from samples. Matched longest-first; the byte after must not be an ASCII letter or digit.
   */
  readonly pattern: string;
  /** Patterns are matched with regard to case unless this is set. */
  readonly ignoreCase?: true;
  /** A right checksum makes the finding certain; a wrong one leaves it specific, because older tokens of some formats have none. */
  readonly checksum?: ChecksumName;
  /** Shannon entropy per character below which a match is a placeholder; default 3.0 for tokens of 16 and more characters, else 2.5. */
  readonly minEntropyBits?: number;
}

/** A token that tells by its beginning what it is: `ghp_…`, `AKIA…`. The byte before must not be an ASCII letter, digit or underscore. */
export interface PrefixRule extends RuleFacts {
  readonly kind: 'prefix';
  /** Literals with which every match begins, at least 2 bytes, better 4; written as in the token (case as in the format). */
  readonly prefixes: readonly string[];
  /** Characters that must not stand right before, where they show that something else is meant. */
  readonly notAfter?: string;
  /** Characters that must not stand right behind; with `notAfter`, `+`, `-` and `_` keep short prefixes out of longer runs of base64. */
  readonly notBefore?: string;
}

/**
 * A token without a mark of its own (say 32 hexadecimal digits), a secret only when it is the value assigned to a name that holds a keyword:
 * `DATADOG_API_KEY=…`, `"datadog_api_key": "…"`, `<datadogKey>…`.
 */
export interface ContextRule extends RuleFacts {
  readonly kind: 'context';
  /** Lower-case literals of 3 bytes and more that stand in or shortly before the name, e.g. `datadog`. */
  readonly keywords: readonly string[];
}

/** A token that has a mark inside or at its end and no fixed beginning, e.g. `.apps.googleusercontent.com` secrets or Telegram's `:AA`. */
export interface InfixRule extends RuleFacts {
  readonly kind: 'infix';
  /** Literals inside each match, at least 3 bytes, case as in the format. */
  readonly infixes: readonly string[];
  /** Most bytes of the token that may stand before the infix. */
  readonly maxBeforeBytes: number;
}

export type TokenRule = PrefixRule | ContextRule | InfixRule;
