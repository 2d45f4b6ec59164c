import type { ByteRange } from '@arqonbus/testkit';

/** One text of the corpus and what is true of it. */
export interface Case {
  /** Unique, and the same for the same seed. */
  readonly id: string;
  readonly text: string;
  /** What kind of secret stands in it, or what kind of clean text it is. */
  readonly kind: string;
  /** How the secret stands in the text: `json`, `csv-header`, …; for clean text the kind again. */
  readonly context: string;
  readonly family: 'prefixed' | 'key-material' | 'context-token' | 'password' | 'connection' | 'session' | 'clean';
  readonly label: 'secret' | 'clean';
  /** UTF-8 bytes of each secret; where it stands in base64 or hexadecimal text, that whole text. */
  readonly secretRanges: readonly ByteRange[];
}
