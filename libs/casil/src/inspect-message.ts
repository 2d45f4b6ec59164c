import { classifyMessage } from './classify-message.js';
import { evaluatePolicy } from './evaluate-policy.js';
import type { Inspection } from './inspection.js';
import type { MessageToInspect } from './message.js';
import type { Ruleset } from './ruleset.js';

/**
 * Inspects one message: what it holds, and what is to become of it. Never raises: when the inspection itself fails, `default_decision` decides,
 * and the inspection says so (E6, E8). In monitor mode the decision is always `allow` (E18).
 */
export function inspectMessage(message: MessageToInspect, ruleset: Ruleset): Inspection {
  try {
    return evaluatePolicy(classifyMessage(message, ruleset), message, ruleset);
  } catch (error) {
    ruleset.onFailure(error);
    return failedInspection(ruleset);
  }
}

function failedInspection({ config }: Ruleset): Inspection {
  const intended = config.defaultDecision;
  return {
    decision: config.mode === 'monitor' ? 'allow' : intended, intended, kind: 'plain', riskLevel: 'low', flags: ['internal_error', 'not_fully_inspected'],
    reasonCode: intended === 'block' && config.mode === 'enforce' ? 'CASIL_INTERNAL_BLOCK' : 'CASIL_INTERNAL_ALLOW', spans: [], findings: [], policy: 'default_decision', hasFailed: true,
  };
}
