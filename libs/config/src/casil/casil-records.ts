import type { PatternConfig, PolicyAction, PolicyConfig, RiskLevel } from '@arqonbus/casil';
import { faultsOfRecords, listOf, oneOf, textLike, type RecordField, type RecordFields } from './read-record.js';

type Category = NonNullable<PatternConfig['category']>;

// As records, so that a value added to the type is missing here at compile time.
const categories = Object.keys({ secret: 0, key_material: 0, personal_data: 0, prompt_injection: 0, entropy_bomb: 0, pattern: 0 } satisfies Record<Category, 0>);
const riskLevels = Object.keys({ none: 0, low: 0, medium: 0, high: 0, critical: 0 } satisfies Record<RiskLevel, 0>);
const actions = Object.keys({ allow: 0, redact: 0, block: 0 } satisfies Record<PolicyAction, 0>);

const name: RecordField = { ...textLike(/^[A-Za-z0-9._-]{1,64}$/, '1 to 64 letters, digits, dots, dashes and underscores'), isRequired: true };

const policyFields: RecordFields = {
  name,
  rooms: listOf(),
  types: listOf(),
  detectors: listOf(),
  categories: listOf(categories),
  risk_levels: listOf(riskLevels),
  min_bytes: { allowed: 'a whole number of bytes, 0 to 1048576', holds: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 1_048_576 },
  action: { ...oneOf(actions), isRequired: true },
  flag: textLike(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, dashes and underscores'),
};

const patternFields: RecordFields = {
  name,
  pattern: { allowed: 'a text of 1 to 512 characters', isRequired: true, holds: (value) => typeof value === 'string' && value !== '' && value.length <= 512 },
  category: oneOf(categories),
  risk_level: oneOf(riskLevels),
  ignore_case: { allowed: 'true or false', holds: (value) => typeof value === 'boolean' },
};

/** For the doc of the setting. */
export const policiesAllowed = 'records of name, rooms, types, detectors, categories, risk_levels, min_bytes, action (allow, redact, block), flag';
export const patternsAllowed = 'records of name, pattern, category, risk_level, ignore_case';

/** A record of `casil.policies` once its faults are ruled out. */
interface PolicyRecord extends Omit<PolicyConfig, 'riskLevels' | 'minBytes'> {
  readonly risk_levels?: readonly RiskLevel[];
  readonly min_bytes?: number;
}

interface PatternRecord extends Omit<PatternConfig, 'riskLevel' | 'ignoreCase'> {
  readonly risk_level?: RiskLevel;
  readonly ignore_case?: boolean;
}

/** Reads `casil.policies`; a sentence that names every wrong record. */
export function parsePolicies(items: readonly unknown[]): readonly PolicyConfig[] | string {
  return faultsOfRecords(items, policyFields) ?? items.map((item) => {
    const { risk_levels: riskLevelsGiven, min_bytes: minBytes, ...rest } = item as PolicyRecord;
    return Object.freeze({ ...rest, ...(riskLevelsGiven === undefined ? {} : { riskLevels: riskLevelsGiven }), ...(minBytes === undefined ? {} : { minBytes }) });
  });
}

/** Reads `casil.patterns`; a sentence that names every wrong record. Whether a pattern compiles is checked with the ruleset. */
export function parsePatterns(items: readonly unknown[]): readonly PatternConfig[] | string {
  return faultsOfRecords(items, patternFields) ?? items.map((item) => {
    const { risk_level: riskLevel, ignore_case: ignoreCase, ...rest } = item as PatternRecord;
    return Object.freeze({ ...rest, ...(riskLevel === undefined ? {} : { riskLevel }), ...(ignoreCase === undefined ? {} : { ignoreCase }) });
  });
}
