import type { Category } from './detectors/detector.js';

/** `monitor` reports what `enforce` would have done, and does nothing (E18). */
export type CasilMode = 'enforce' | 'monitor';

/** What becomes of a message whose inspection failed (E6). */
export type DefaultDecision = 'allow' | 'block';

/** What becomes of a message larger than `maxInspectBytes`; with `inspect_prefix` the unseen part is never called clean (E11). */
export type OversizeAction = 'block' | 'allow' | 'inspect_prefix';

/** What a policy asks for. */
export type PolicyAction = 'allow' | 'redact' | 'block';

/** How bad it is that a message holds what was found, from the least to the worst. */
export type RiskLevel = 'none' | 'low' | 'medium' | 'high' | 'critical';

/** Risk levels as numbers that compare. */
export const riskOrder: Readonly<Record<RiskLevel, number>> = Object.freeze({ none: 0, low: 1, medium: 2, high: 3, critical: 4 });

/** Where redaction takes effect: what subscribers get, what history keeps, what logs and telemetry may show. */
export type RedactionTarget = 'transport' | 'history' | 'logs' | 'telemetry';

/** Which topics are inspected (E19). Globs are `room`, `room:channel` or `@client`; `*` stands for any run of characters but `:`. */
export interface CasilScope {
  /** Empty: every topic. */
  readonly include: readonly string[];
  /** Wins over `include`. */
  readonly exclude: readonly string[];
}

/** Bounds of the work per message and of the ruleset (E10, E12). */
export interface CasilLimits {
  /** 1,024 to 65,536. */
  readonly maxInspectBytes: number;
  /** 1 to 256. */
  readonly maxPolicies: number;
  /** 1 to 256. */
  readonly maxPatterns: number;
  readonly oversize: OversizeAction;
}

/** Families of detectors that are on, and those detectors and rules that are off whatever their family. */
export interface CasilDetectors {
  /** Tokens, keys, passwords: the categories `secret` and `key_material`. */
  readonly secrets: boolean;
  readonly personalData: boolean;
  readonly promptInjection: boolean;
  readonly entropyBomb: boolean;
  /** Ids of detectors or rules. */
  readonly disabled: readonly string[];
}

/** A case and what to do in it. All that is given must hold; what is absent holds always. The first policy that holds decides. */
export interface PolicyConfig {
  /** 1 to 64 letters, digits, `.`, `_`, `-`; unique; shown in logs. */
  readonly name: string;
  /** Globs as in the scope. */
  readonly rooms?: readonly string[];
  /** Globs over Event.type, `*` for any run of characters: `application/*`, `acme.v1.*`. */
  readonly types?: readonly string[];
  /** Ids of detectors, rules or patterns, one of which found something. */
  readonly detectors?: readonly string[];
  /** Categories, one of which was found. */
  readonly categories?: readonly Category[];
  /** Risk levels, one of which the message has. */
  readonly riskLevels?: readonly RiskLevel[];
  /** Least size of the payload in bytes. */
  readonly minBytes?: number;
  readonly action: PolicyAction;
  /** Added to the flags of the inspection; letters, digits, `_`, `-`. */
  readonly flag?: string;
}

/** Own content to look for, in the notation of src/pattern: linear time, checked at start. */
export interface PatternConfig {
  /** Its id in findings: 1 to 64 letters, digits, `.`, `_`, `-`; unique. */
  readonly name: string;
  readonly pattern: string;
  /** Default `pattern`. */
  readonly category?: Category;
  readonly riskLevel?: RiskLevel;
  readonly ignoreCase?: boolean;
}

/** What is removed whatever the detectors say, and where redaction takes effect. */
export interface RedactionConfig {
  /** Paths of fields in JSON and Protobuf: `user.email`, `items.*.card`, `*` for any one name, `**` for any depth. */
  readonly fields: readonly string[];
  readonly targets: readonly RedactionTarget[];
}

/** All that a ruleset is compiled from. Plain data; `defaultCasilConfig` holds the defaults, @arqonbus/config reads it from settings. */
export interface CasilConfig {
  readonly enabled: boolean;
  readonly mode: CasilMode;
  readonly defaultDecision: DefaultDecision;
  readonly scope: CasilScope;
  readonly limits: CasilLimits;
  readonly detectors: CasilDetectors;
  /** After them: a secret or key material blocks, personal data is redacted, prompt injection and entropy bombs are allowed with a flag. */
  readonly policies: readonly PolicyConfig[];
  readonly patterns: readonly PatternConfig[];
  readonly redaction: RedactionConfig;
  readonly persistMetadataInHistory: boolean;
  /** E24. */
  readonly exposeMetadataToClients: boolean;
  /** Globs as in the scope: topics of which no log shows a byte. */
  readonly neverLogPayloadFor: readonly string[];
  /** 0 to 4,096: bytes of the payload that the log line of a decision may show. */
  readonly logPayloadBytes: number;
  /** Reserved room of the events of CASIL. */
  readonly eventsRoom: string;
}

/** The safe state: off; once on, it enforces, and what cannot be inspected does not pass (E18, X10). */
export const defaultCasilConfig: CasilConfig = Object.freeze({
  enabled: false,
  mode: 'enforce',
  defaultDecision: 'block',
  scope: Object.freeze({ include: Object.freeze([]), exclude: Object.freeze([]) }),
  limits: Object.freeze({ maxInspectBytes: 65_536, maxPolicies: 64, maxPatterns: 64, oversize: 'block' }),
  detectors: Object.freeze({ secrets: true, personalData: false, promptInjection: false, entropyBomb: true, disabled: Object.freeze([]) }),
  policies: Object.freeze([]),
  patterns: Object.freeze([]),
  redaction: Object.freeze({ fields: Object.freeze([]), targets: Object.freeze<RedactionTarget[]>(['transport', 'history', 'logs', 'telemetry']) }),
  persistMetadataInHistory: false,
  exposeMetadataToClients: false,
  neverLogPayloadFor: Object.freeze([]),
  logPayloadBytes: 0,
  eventsRoom: 'sys.casil',
});
