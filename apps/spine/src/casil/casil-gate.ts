import {
  applyRedaction, inspectMessage, isInScope, redactForDisplay, riskOrder, type HeaderSet, type Inspection, type MessageToInspect, type RedactionTarget, type Ruleset,
} from '@arqonbus/casil';
import {
  encodeStampInspection, envelopeRanges, EventContent, readEventContent, replaceEnvelopes, replaceEventContent, type BatchView,
} from '@arqonbus/envelope';
import type { ErrorCode } from '@arqonbus/errors';
import type { InspectedRun, RunForm, RunInspector, Session, Topic } from '../routing/index.js';
import { CasilCounters } from './casil-counters.js';

/** One message that was inspected and is not simply clean: what logs, events and offenders are told. Never content. */
export interface InspectionReport {
  readonly topic: Topic;
  readonly session: Session;
  readonly inspection: Inspection;
  readonly type: string;
  readonly payloadBytes: number;
  /** The payload as logs and events may show it, read only if they are configured to. */
  readonly payloadFor: (target: 'logs' | 'telemetry') => Uint8Array;
}

export interface CasilGateParts {
  readonly ruleset: Ruleset;
  /** Told of each message that is not simply clean; must not throw. */
  readonly report: (report: InspectionReport) => void;
}

/**
 * CASIL in the way of a run: after its topic is known and before it is numbered, so that nothing is delivered or stored that was not inspected
 * (E2). Runs are refused whole, for their first blocked event.
 */
export class CasilGate implements RunInspector {
  readonly counters = new CasilCounters();
  private readonly ruleset: Ruleset;
  private readonly content = new EventContent();
  private readonly cleanTypes = new Set<string>();
  private readonly exposes: boolean;
  private readonly persists: boolean;
  private readonly targets: ReadonlySet<RedactionTarget>;

  constructor(private readonly parts: CasilGateParts) {
    const { config } = parts.ruleset;
    this.ruleset = parts.ruleset;
    this.exposes = config.exposeMetadataToClients;
    this.persists = config.persistMetadataInHistory;
    this.targets = new Set(config.redaction.targets);
  }

  /** Whether messages of a topic are inspected; asked once per topic (E19). */
  covers(topic: Topic): boolean {
    return isInScope(this.ruleset, topic.roomName, topic.channel, topic.place.kind === 'inbox' ? topic.recipient : undefined);
  }

  /** Inspects the events of a run; undefined when there is nothing to say of any of them. Never throws (E8). */
  inspect(session: Session, topic: Topic, bytes: Uint8Array, view: BatchView): InspectedRun | undefined {
    const stepsBefore = this.ruleset.workspace.stepsTaken;
    const inspected = this.inspectSafely(session, topic, bytes, view);
    this.charge(session, this.ruleset.workspace.stepsTaken - stepsBefore, view);
    return inspected;
  }

  /** Content made to be costly counts as more bytes, and only so much of it is read in a turn: it is bounded as fast publishers are, and slows nobody else. */
  private charge(session: Session, steps: number, { envelopesBytes, envelopeCount }: BatchView): void {
    const extraSteps = steps - freeStepsPerByte * envelopesBytes - freeStepsPerEvent * envelopeCount;
    if (extraSteps > 0) {
      session.turnBytes += Math.ceil(extraSteps / stepsPerTurnByte);
      session.bucket?.charge(extraSteps * rateBytesPerStep);
    }
    if (session.inspectionTurn !== session.turn) {
      session.inspectionTurn = session.turn;
      session.inspectionSteps = 0;
    }
    session.inspectionSteps += steps;
    if (session.inspectionSteps >= maxStepsPerTurn) session.bucket?.pause(pauseMs);
  }

  /** A fault of the program, in redaction say, must neither stop the bus nor let a message pass that it was meant to stop (E8). */
  private inspectSafely(session: Session, topic: Topic, bytes: Uint8Array, view: BatchView): InspectedRun | undefined {
    try {
      return this.inspectEvents(session, topic, bytes, view);
    } catch (error) {
      const { config, onFailure } = this.ruleset;
      this.counters.internalErrors += 1;
      onFailure(error);
      return config.mode === 'monitor' || config.defaultDecision === 'allow' ? undefined : { kind: 'refused', code: 'CASIL_INTERNAL_BLOCK', index: 0 };
    }
  }

  private inspectEvents(session: Session, topic: Topic, bytes: Uint8Array, view: BatchView): InspectedRun | undefined {
    let noted: NotedEvent[] | undefined;
    const ranges = envelopeRanges(bytes, view.envelopesStart, view.envelopesEnd);
    for (const [index, { start, end }] of ranges.entries()) {
      if (!readEventContent(bytes, start, end, this.content)) continue;
      const message = this.messageOf(bytes, topic);
      const ofType = this.inspectType(message);
      if (ofType !== undefined) {
        this.counters.count(ofType);
        this.parts.report({ topic, session, inspection: ofType, type: '', payloadBytes: message.payload.length, payloadFor: () => noBytes });
        if (ofType.decision !== 'allow') return { kind: 'refused', code: codeFor(ofType), index };
      }
      const inspection = inspectMessage(message, this.ruleset);
      if (inspection.flags.length === 0 && inspection.decision === 'allow') {
        this.counters.countClean();
        continue;
      }
      this.counters.count(inspection);
      const event = new NotedEvent(index, start, end, message, inspection, this.ruleset);
      this.tell(session, topic, event, ofType === undefined ? message.type : '');
      if (inspection.decision === 'block') return { kind: 'refused', code: codeFor(inspection), index };
      if (inspection.decision === 'allow_with_redaction' && !event.redacted.isClean) return { kind: 'refused', code: 'CASIL_POLICY_BLOCKED', index };
      (noted ??= []).push(event);
    }
    return noted === undefined ? undefined : this.pass(bytes, view, ranges.length, noted);
  }

  /**
   * What a type holds; undefined when that is nothing. It is short, shared by many events, shown in logs and cannot be redacted: it is looked at once,
   * as text of its own.
   */
  private inspectType(message: MessageToInspect): Inspection | undefined {
    const { type } = message;
    if (type === '' || this.cleanTypes.has(type)) return undefined;
    const inspection = inspectMessage({ ...message, type: 'text/plain', payload: Buffer.from(type, 'latin1'), headers: undefined }, this.ruleset);
    if (inspection.findings.length > 0 || inspection.hasFailed) return inspection;
    if (this.cleanTypes.size < maxCleanTypes) this.cleanTypes.add(type);
    return undefined;
  }

  private messageOf(bytes: Uint8Array, topic: Topic): MessageToInspect {
    const { typeStart, typeEnd, payloadStart, payloadEnd, texts } = this.content;
    const headers: HeaderSet | undefined = texts.length === 0 ? undefined : { bytes, ranges: texts.map((range) => ({ ...range })) };
    return {
      type: latin1(bytes, typeStart, typeEnd), payload: bytes.subarray(payloadStart, payloadEnd), headers, room: topic.roomName, channel: topic.channel,
      inbox: topic.place.kind === 'inbox' ? topic.recipient : undefined,
    };
  }

  /** `type` as it may be shown: empty when it holds something itself. */
  private tell(session: Session, topic: Topic, { message, inspection }: NotedEvent, type: string): void {
    this.parts.report({
      topic, session, inspection, type, payloadBytes: message.payload.length,
      payloadFor: (target) => (this.targets.has(target) ? redactForDisplay(message, this.ruleset) : message.payload),
    });
  }

  private pass(bytes: Uint8Array, view: BatchView, count: number, noted: readonly NotedEvent[]): InspectedRun | undefined {
    const inspectionField = this.exposes || this.persists ? fieldOf(worstOf(noted)) : noBytes;
    const redacted = noted.some(({ inspection }) => inspection.decision === 'allow_with_redaction') ? redactRun(bytes, view, count, noted) : undefined;
    const form = (target: 'transport' | 'history', tells: boolean): RunForm => ({
      ...(redacted !== undefined && this.targets.has(target) ? redacted : { bytes, view }), inspectionField: tells ? inspectionField : noBytes,
    });
    if (inspectionField.length === 0 && redacted === undefined) return undefined;
    const live = form('transport', this.exposes);
    const isOne = this.exposes === this.persists && this.targets.has('transport') === this.targets.has('history');
    return { kind: 'passed', live, stored: isOne ? live : form('history', this.persists) };
  }
}

/** Types remembered to be clean; applications have some tens. */
const maxCleanTypes = 1_000;

/** An event with something to say of it. */
class NotedEvent {
  private result: ReturnType<typeof applyRedaction> | undefined;

  constructor(
    readonly index: number, readonly start: number, readonly end: number, readonly message: MessageToInspect, readonly inspection: Inspection, private readonly ruleset: Ruleset,
  ) {}

  get redacted(): ReturnType<typeof applyRedaction> {
    this.result ??= applyRedaction(this.message, this.inspection, this.ruleset);
    return this.result;
  }
}

function redactRun(bytes: Uint8Array, view: BatchView, count: number, noted: readonly NotedEvent[]): { bytes: Uint8Array; view: BatchView } {
  const envelopes = new Array<Uint8Array | undefined>(count).fill(undefined);
  for (const { index, start, end, inspection, redacted } of noted) {
    if (inspection.decision !== 'allow_with_redaction') continue;
    envelopes[index] = replaceEventContent(bytes, start, end, { payload: redacted.payload, texts: redacted.headers });
  }
  return replaceEnvelopes(bytes, view, envelopes);
}

const decisionOrder = { allow: 0, allow_with_redaction: 1, block: 2 } as const;

/** One stamp covers a run: it tells the worst of its events, with the flags of all. */
function worstOf(noted: readonly NotedEvent[]): Inspection {
  const inspections = noted.map(({ inspection }) => inspection);
  const worst = inspections.reduce((a, b) => {
    const order = decisionOrder[b.intended] - decisionOrder[a.intended] || riskOrder[b.riskLevel] - riskOrder[a.riskLevel];
    return order > 0 ? b : a;
  });
  return { ...worst, flags: [...new Set(inspections.flatMap(({ flags }) => flags))].sort() };
}

function fieldOf({ kind, riskLevel, flags, reasonCode, decision }: Inspection): Uint8Array {
  return encodeStampInspection({ kind, riskLevel, flags, reasonCode, decision });
}

function codeFor({ reasonCode }: Inspection): ErrorCode {
  return reasonCode === '' ? 'CASIL_POLICY_BLOCKED' : reasonCode;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return start === end ? '' : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** Steps that ordinary content takes: nothing is charged for them. */
const freeStepsPerByte = 2;
const freeStepsPerEvent = 512;
/** What a step above those counts as against the rate: four million, a tenth of a second of work, use up its burst. */
const rateBytesPerStep = 8;
/** And within a turn: far less, because a session above that is closed rather than told to wait. */
const stepsPerTurnByte = 8;
/** Some 30 ms of work, 900 KiB of ordinary JSON: above it in one turn a session waits, whatever is left of its rate. */
const maxStepsPerTurn = 1_500_000;
const pauseMs = 50;

const noBytes = new Uint8Array(0);
