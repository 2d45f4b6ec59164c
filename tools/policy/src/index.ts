export type { DocumentVerdict, Engine, Judgement, Level } from './engine/engine.js';
export { applyExemptions, type AppliedExemption, type Exempted } from './apply-exemptions.js';
export { CannotJudgeError, evaluate, type EvaluateOptions } from './evaluate.js';
export { denials, sortFindings, toFinding, warnings, type Finding, type Report } from './finding.js';
export { makeCanaries, readCases, toFacts, type Canaries, type Case, type RuleCases } from './rules/cases.js';
export { readRegisteredRules, readRules, registryFile, renderRegistry } from './rules/read-rules.js';
export { severities, type RuleEntry, type Severity } from './rules/rule-entry.js';
export { runCheck, rulesFor, type CheckOptions, type CheckResult } from './run-check.js';
