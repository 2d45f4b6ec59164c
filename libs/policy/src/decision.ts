import type { InputRefusal } from './encode-input.js';

/** Why the host denied without or against what the policy said. */
export type HostReason =
  | InputRefusal
  /** No such decision in the bundle. */
  | 'decision_unknown'
  /** The evaluation threw, or no instance could be made. */
  | 'policy_failed'
  /** The policy said nothing. */
  | 'policy_undefined'
  /** The policy said something that is no decision, or one that contradicts itself. */
  | 'policy_malformed'
  /** The decision names another version than the bundle. */
  | 'policy_version_mismatch';

/** What was decided. `allow` is true only when the policy said so completely; then `reasons` is empty. */
export interface PolicyDecision {
  readonly allow: boolean;
  /** What is required and was not met, sorted; or one {@link HostReason}. For logs and metrics, not for strangers. */
  readonly reasons: readonly string[];
  readonly policyVersion: string;
}

/** Most reasons that a decision may name, and most characters of one: they become labels and log fields. */
const maxReasonCount = 64;
const maxReasonLength = 64;
const decisionKeys = ['allow', 'policy_version', 'reasons'];

export function deny(reason: HostReason, policyVersion: string): PolicyDecision {
  return { allow: false, reasons: [reason], policyVersion };
}

function isReasonList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= maxReasonCount && value.every((reason) => typeof reason === 'string' && reason !== '' && reason.length <= maxReasonLength);
}

/** Takes a result set for a decision; whatever is not exactly one is a denial. */
export function readDecision(resultSet: unknown, policyVersion: string): PolicyDecision {
  if (!Array.isArray(resultSet)) return deny('policy_malformed', policyVersion);
  if (resultSet.length === 0) return deny('policy_undefined', policyVersion);
  const result: unknown = resultSet.length === 1 ? (resultSet[0] as { result?: unknown } | null)?.result : undefined;
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return deny('policy_malformed', policyVersion);
  const { allow, reasons, policy_version: version } = result as Readonly<Record<string, unknown>>;
  if (Object.keys(result).sort().join() !== decisionKeys.join() || typeof allow !== 'boolean' || !isReasonList(reasons)) return deny('policy_malformed', policyVersion);
  if (version !== policyVersion) return deny('policy_version_mismatch', policyVersion);
  // A decision that allows for a reason not to, or denies for none, was made by no policy of the contract.
  if (allow !== (reasons.length === 0)) return deny('policy_malformed', policyVersion);
  return { allow, reasons, policyVersion };
}
