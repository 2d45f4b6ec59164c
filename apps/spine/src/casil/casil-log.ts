import type { Ruleset } from '@arqonbus/casil';
import type { Logger } from '@arqonbus/telemetry';
import type { InspectionReport } from './casil-gate.js';
import { RateWindow } from './rate-window.js';

const maxLinesPerSecond = 100;

/** Logs what inspection decided: the policy, the outcome, the codes, never content unless `casil.log_payload_bytes` asks for it (E21). */
export class CasilLog {
  private readonly rate = new RateWindow(maxLinesPerSecond);

  constructor(private readonly logger: Logger, private readonly ruleset: Ruleset, private readonly nowMs: () => number) {}

  /** Lines not written because there were too many in a second. */
  get suppressedCount(): number {
    return this.rate.refusedCount;
  }

  write(report: InspectionReport): void {
    if (!this.rate.take(this.nowMs())) return;
    const { topic, session, inspection, type, payloadBytes } = report;
    const { decision, intended, kind, riskLevel, flags, reasonCode, policy, findings, hasFailed } = inspection;
    const excerpt = this.excerptFor(report, 'logs');
    const fields = {
      tenant: topic.tenant.id, room: topic.roomName, channel: topic.channel, recipient: topic.recipient, client: session.clientId, decision, intended_decision: intended, kind,
      risk_level: riskLevel, flags, reason_code: reasonCode, policy, detectors: [...new Set(findings.map(({ detector }) => detector))], event_type: type, payload_bytes: payloadBytes,
      // Not `payload`: the logger hides whatever is called so.
      ...(excerpt.length === 0 ? {} : { excerpt: new TextDecoder().decode(excerpt) }),
    };
    if (hasFailed) this.logger.error(fields, 'content inspection failed');
    else if (intended === 'allow') this.logger.info(fields, 'content inspection noted a message');
    else this.logger.warn(fields, 'content inspection acted on a message');
  }

  /** Start of the payload as a target may show it; empty unless the configuration asks for it and the topic permits it. */
  excerptFor({ topic, payloadFor }: InspectionReport, target: 'logs' | 'telemetry'): Uint8Array {
    const { config, neverLogPayloadFor } = this.ruleset;
    const inbox = topic.place.kind === 'inbox' ? topic.recipient : undefined;
    if (config.logPayloadBytes === 0 || neverLogPayloadFor.covers(topic.roomName, topic.channel, inbox)) return noBytes;
    return payloadFor(target).slice(0, config.logPayloadBytes);
  }
}

const noBytes = new Uint8Array(0);
