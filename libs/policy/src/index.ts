export { PolicyBundleError, type PolicyBundle } from './bundle.js';
export { contractVersion, type CommandInput, type ConnectionInput, type ConnectionSettings } from './contract.js';
export type { HostReason, PolicyDecision } from './decision.js';
export { committedBundleFolder, readRuntimeBundle } from './read-runtime-bundle.js';
export { decisionNames, loadRuntimePolicy, type DecisionName, type PolicyLimits, type ReplaceOutcome, type RuntimePolicy, type RuntimePolicyOptions } from './runtime-policy.js';
