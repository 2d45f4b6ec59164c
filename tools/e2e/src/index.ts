export { Cluster, everyTopic, type ClusterOptions } from './cluster.js';
export { ServerProcess, environmentOf, startApp, type App, type Settings } from './server-process.js';
export { WireSession, newId, textEvent, type BatchInit, type CommandInit, type EnvelopeInit, type ReceivedEvent } from './wire-session.js';
export { Bystanders, type BystanderLatency } from './bystanders.js';
export { percentile, type BystanderOutcome } from './bystander-report.js';
export { NumberLedger } from './number-ledger.js';
export { SeededRandom } from './seeded-random.js';
export { frameCorpus } from './frame-corpus.js';
export { mutateFrame } from './frame-mutator.js';
