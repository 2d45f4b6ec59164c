export { checkRun, type Verdict } from './check-run.js';
export type { Death, Delivery, JoinedAt, Place, PublishOutcome, PublishRecord, ReadRecord, RecordedRun, SubscriberRecord, ToldGap } from './recorded-run.js';
export { FaultProxy, type Direction } from './fault-proxy.js';
export type { Violation, ViolationKind } from './violation.js';
