import type { ErrorCode } from '@arqonbus/errors';
import type { PolicyAction, PolicyConfig, RiskLevel } from './casil-config.js';
import type { CompiledPolicy } from './compile-policy.js';
import type { Category } from './detectors/detector.js';
import { cleanInspection, type Classification, type Decision, type Inspection, type Span } from './inspection.js';
import type { MessageToInspect } from './message.js';
import type { Ruleset } from './ruleset.js';
import type { Finding } from './scan/finding.js';
import { matchesGlob } from './topic-globs.js';

/** What is done where no policy of the configuration says otherwise. */
const defaultActions: Readonly<Record<Category, PolicyAction>> = {
  secret: 'block', key_material: 'block', personal_data: 'redact', prompt_injection: 'allow', entropy_bomb: 'allow', pattern: 'block',
};

const strictness: Readonly<Record<PolicyAction, number>> = { allow: 0, redact: 1, block: 2 };
const decisions: Readonly<Record<PolicyAction, Decision>> = { allow: 'allow', redact: 'allow_with_redaction', block: 'block' };

interface Verdict {
  action: PolicyAction;
  policy: string;
  /** What led to it, for the reason code. */
  category: Category | undefined;
}

/**
 * Decides what becomes of a classified message: each finding meets the first policy that holds, and the strictest action wins. In monitor mode
 * the decision is `allow` and `intended` says what `enforce` would do. Pure; equal input gives equal output (E3).
 */
export function evaluatePolicy(classification: Classification, message: MessageToInspect, ruleset: Ruleset): Inspection {
  const { findings, fieldSpans, isOversize, isComplete } = classification;
  if (findings.length === 0 && fieldSpans.length === 0 && isComplete && !ruleset.hasGeneralPolicies) return cleanInspection;
  const flags = new Set<string>();
  const spans: Span[] = [...fieldSpans];
  const verdict: Verdict = { action: fieldSpans.length > 0 ? 'redact' : 'allow', policy: fieldSpans.length > 0 ? 'redaction.fields' : '', category: undefined };
  const actions = new Map<string, PolicyAction>();
  for (const finding of findings) {
    flags.add(finding.category);
    const { action, policy } = judgeFinding(finding, classification, message, ruleset, flags);
    actions.set(finding.detector, action);
    if (strictness[action] > strictness[verdict.action] || verdict.policy === '') Object.assign(verdict, { action, policy, category: finding.category });
  }
  for (const { detector, category, part, start, end } of classification.allFindings) {
    if ((actions.get(detector) ?? defaultActions[category]) !== 'allow') spans.push({ part, start, end, label: detector });
  }
  judgeMessage(message, ruleset, verdict, flags);
  if (isOversize) flags.add('oversize');
  if (!isComplete) flags.add('not_fully_inspected');
  const blocksUnseen = !isComplete && ruleset.config.limits.oversize === 'block';
  if (blocksUnseen && verdict.action !== 'block') Object.assign(verdict, { action: 'block', policy: 'limits.oversize', category: undefined });
  const intended = decisions[verdict.action];
  return inspectionOf(classification, ruleset, { intended, policy: verdict.policy, flags, spans, reasonCode: reasonOf(verdict) });
}

interface Outcome {
  readonly intended: Decision;
  readonly policy: string;
  readonly flags: ReadonlySet<string>;
  readonly spans: readonly Span[];
  readonly reasonCode: ErrorCode | '';
}

function inspectionOf(classification: Classification, ruleset: Ruleset, outcome: Outcome): Inspection {
  const { intended, policy, flags, spans, reasonCode } = outcome;
  const monitors = ruleset.config.mode === 'monitor';
  return {
    decision: monitors ? 'allow' : intended, intended, kind: classification.kind, riskLevel: classification.riskLevel, flags: [...flags].sort(),
    reasonCode: monitors && intended !== 'allow' ? 'CASIL_MONITOR_MODE' : reasonCode, spans, findings: classification.findings, policy, hasFailed: false,
  };
}

function reasonOf({ action, policy, category }: Verdict): ErrorCode | '' {
  if (action !== 'block') return '';
  if (policy === 'limits.oversize') return 'CASIL_POLICY_OVERSIZE';
  return category === 'secret' || category === 'key_material' ? 'CASIL_POLICY_BLOCKED_SECRET' : 'CASIL_POLICY_BLOCKED';
}

function judgeFinding(
  finding: Finding, classification: Classification, message: MessageToInspect, ruleset: Ruleset, flags: Set<string>,
): { action: PolicyAction; policy: string } {
  for (const policy of ruleset.policies) {
    if (!policy.needsFinding || !holdsForMessage(policy, message) || !holdsForFinding(policy.config, finding, classification.riskLevel)) continue;
    if (policy.config.flag !== undefined) flags.add(policy.config.flag);
    return { action: policy.config.action, policy: policy.config.name };
  }
  return { action: defaultActions[finding.category], policy: 'default' };
}

/** Policies that ask for nothing found hold for the message as a whole; the first that holds decides, unless a finding asks for more. */
function judgeMessage(message: MessageToInspect, ruleset: Ruleset, verdict: Verdict, flags: Set<string>): void {
  for (const policy of ruleset.policies) {
    if (policy.needsFinding || !holdsForMessage(policy, message)) continue;
    const { action, name, flag } = policy.config;
    if (flag !== undefined) flags.add(flag);
    if (strictness[action] > strictness[verdict.action] || verdict.policy === '') Object.assign(verdict, { action, policy: name, category: undefined });
    return;
  }
}

function holdsForMessage({ config, rooms }: CompiledPolicy, message: MessageToInspect): boolean {
  if (config.minBytes !== undefined && message.payload.length < config.minBytes) return false;
  if (!rooms.isEmpty && !rooms.covers(message.room, message.channel, message.inbox)) return false;
  return config.types === undefined || config.types.some((glob) => matchesGlob(glob, message.type, ''));
}

function holdsForFinding(config: PolicyConfig, finding: Finding, riskLevel: RiskLevel): boolean {
  return (config.detectors === undefined || config.detectors.includes(finding.detector))
    && (config.categories === undefined || config.categories.includes(finding.category))
    && (config.riskLevels === undefined || config.riskLevels.includes(riskLevel));
}
