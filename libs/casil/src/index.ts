export { inspectMessage } from './inspect-message.js';
export { classifyMessage, maxStepsPerMessage } from './classify-message.js';
export { evaluatePolicy } from './evaluate-policy.js';
export { applyRedaction, redactForDisplay, type RedactedMessage } from './apply-redaction.js';
export { compileRuleset, RulesetError, type RulesetParts, type RulesetProblem } from './compile-ruleset.js';
export { warmUp } from './warm-up.js';
export { isInScope, type Ruleset } from './ruleset.js';
export { headerSetOf, type HeaderRange, type HeaderSet, type MessageToInspect } from './message.js';
export { type Classification, type Decision, type Inspection, type Kind, type Span } from './inspection.js';
export { type Finding } from './scan/finding.js';
export { type Category, type Confidence, type Detector } from './detectors/detector.js';
export { allDetectorIds } from './all-detectors.js';
export { compileTopicGlobs, faultOfTopicGlob, type TopicGlobs } from './topic-globs.js';
export {
  defaultCasilConfig, riskOrder, type CasilConfig, type CasilDetectors, type CasilLimits, type CasilMode, type CasilScope, type DefaultDecision, type OversizeAction,
  type PatternConfig, type PolicyAction, type PolicyConfig, type RedactionConfig, type RedactionTarget, type RiskLevel,
} from './casil-config.js';
