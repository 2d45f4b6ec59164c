import { canSubscribe, type TokenVerifier } from '@arqonbus/auth';
import type { SettingsFor } from '@arqonbus/config';
import { hardCaps } from '@arqonbus/errors';
import type { Backplane, HistoryStore, LiveHistory } from '@arqonbus/storage';
import type { AuditLog, Logger, Readiness } from '@arqonbus/telemetry';
import { topicKeyText } from '@arqonbus/tenancy';
import { createCasil, type Casil } from './casil/index.js';
import { Commands } from './commands/index.js';
import { DurableGroupSource } from './durable/durable-groups.js';
import { DurableTopics, type DurableTopicsParts } from './durable/durable-topics.js';
import { StoredHistory } from './durable/read-history.js';
import { RoomRules } from './durable/room-rules.js';
import type { StoreGate } from './durable/store-gate.js';
import { defaultGroupOptions, Groups, LiveGroupSource } from './groups/index.js';
import { DeadLetterPublisher } from './groups/dead-letter-publisher.js';
import {
  CausalRooms, Directory, FanOut, Intake, LiveWindow, OwnPublisher, Publisher, Recoveries, ServerMessages, Sessions, Subscriptions, type PublishSpans, type Session, type Topic,
} from './routing/index.js';
import type { spineSettings } from './settings.js';

export type SpineSettings = SettingsFor<typeof spineSettings>;

/** What the bus needs from outside; adapters are chosen by the composition root. */
export interface BusParts {
  readonly settings: SpineSettings;
  readonly version: string;
  readonly store: LiveHistory;
  /** Where durable rooms are kept; undefined when all history is in memory. */
  readonly durable?: DurableStore | undefined;
  readonly audit: AuditLog;
  readonly verifier: TokenVerifier;
  readonly readiness: Readiness;
  readonly spans: PublishSpans;
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** The doors hear of topics that come and go. */
  readonly onTopicOpened: (topic: Topic) => void;
  readonly onTopicClosed: (topic: Topic) => void;
  readonly onTopicReset: (topic: Topic) => void;
}

/** A store of durable history, and whether it answers. */
export interface DurableStore {
  readonly store: HistoryStore;
  readonly backplane: Backplane;
  readonly gate: StoreGate;
}

/** Routing and commands, wired. */
export interface Bus {
  readonly directory: Directory;
  readonly fanOut: FanOut;
  readonly recoveries: Recoveries;
  readonly subscriptions: Subscriptions;
  readonly sessions: Sessions;
  readonly publisher: Publisher;
  readonly commands: Commands;
  readonly intake: Intake;
  readonly messages: ServerMessages;
  readonly durable: DurableTopics | undefined;
  readonly groups: Groups<Session>;
  readonly causal: CausalRooms;
  /** Undefined while content inspection is off. */
  readonly casil: Casil | undefined;
}

/** Bytes of a pending frame, and milliseconds of one engine callback, after which it leaves at once. */
const maxPendingBytes = hardCaps.chunkBytes;
const maxPendingMs = 1;
/** One page of history or of a recovery. */
const pageBytes = 262_144;
const pageEvents = 10_000;

export function createBus(parts: BusParts): Bus {
  const { settings, store, nowMs, verifier, audit, readiness, version } = parts;
  const startedMs = nowMs();
  const server = `arqonbus-spine/${version}`;
  const messages = new ServerMessages({ nowMs });
  const fanOut = new FanOut({ maxPendingBytes, maxPendingMs }, nowMs, () => undefined);
  const rules = roomRulesOf(settings);
  const causal = new CausalRooms(nowMs, (error) => { parts.logger.error({ error }, 'a run that waited for others was lost'); });
  const durable = durableTopicsOf(parts, { fanOut, directory: () => directory, recoveries: () => recoveries, onAdvanced: (topic) => { causal.advance(topic); } });
  const directory: Directory = new Directory({
    store, nowMs, autoCreate: settings['rooms.auto_create'], durable, policyOf: (key) => rules.policyOf(key),
    limits: {
      maxRoomsPerTenant: settings['limits.max_rooms_per_tenant_count'], maxTopicsPerTenant: settings['limits.max_topics_per_tenant_count'],
      maxTenants: settings['limits.max_tenants_count'], topicIdleMs: settings['rooms.idle_ms'],
    },
    onTailFull: (topic) => { fanOut.flushTopic(topic); },
    onOpened: (topic) => {
      parts.onTopicOpened(topic);
      sessions.attachInbox(topic);
    },
    onClosed: (topic) => {
      durable?.closed(topic);
      parts.onTopicClosed(topic);
    },
    onReset: parts.onTopicReset,
  });
  const exposesInspection = settings['casil.enabled'] && settings['casil.expose_metadata_to_clients'];
  const recoveries = new Recoveries({ catchUpMs: settings['limits.catch_up_ms'], pageBytes, pageEvents, exposesInspection }, fanOut, messages, nowMs);
  const subscriptions = new Subscriptions(directory, fanOut, recoveries, nowMs);
  const sessions: Sessions = new Sessions(
    {
      server, heartbeatMs: settings.heartbeat_ms, expiryNoticeMs: settings['auth.expiry_notice_ms'], maxSessions: settings['limits.max_sessions_count'],
      limitsFor: (session) => limitsFor(settings, session), capabilities: [],
      incarnation: mayForgetProducers(settings) ? BigInt(Math.floor(startedMs * 1000)) : 0n,
    },
    directory, subscriptions, messages, recoveries, fanOut, nowMs,
  );
  const groups = createGroups(parts, directory, fanOut);
  fanOut.onPublished = (topic) => { groups.wake(topic); };
  sessions.onClosed = (session) => { groups.removeSession(session); };
  sessions.onRefreshed = (session) => groups.revoke(session, (topic) => canSubscribe(session.claims, topic.roomName, topic.channel));
  const limits = {
    eventsPerSecond: settings['limits.events_per_second'], bytesPerSecond: settings['limits.bytes_per_second'],
    replySearchEvents: settings['limits.reply_search_events_count'], hasOtherSpines: settings['history.spines'] === 'many',
  };
  const ownPublisher = new OwnPublisher({ fanOut, nowMs });
  const casil = createCasil({ settings, directory, publisher: ownPublisher, logger: parts.logger, nowMs });
  const publisher = new Publisher({
    inspector: casil?.gate, directory, fanOut, messages, limits, nowMs, causal, taskTopicsOf: (session) => groups.topicsOf(session), spans: parts.spans, durability: store.durability,
    failed: (error) => { parts.logger.warn({ error }, 'a channel that a run depends on could not be opened'); },
    storeDurability: () => parts.durable?.store.durability ?? store.durability,
  });
  const history = new StoredHistory(new LiveWindow(fanOut));
  const commands = new Commands({
    directory, sessions, subscriptions, recoveries, fanOut, messages, publisher: ownPublisher, verifier, audit, nowMs, groups, history,
    describe: () => ({ server, readiness: readiness.state, reasons: readiness.reasons, uptimeMs: nowMs() - startedMs }),
    isFollowedElsewhere: (key) => limits.hasOtherSpines && durable !== undefined && rules.policyOf(key).history === 'durable',
    limits: {
      maxTopicsPerSession: settings['limits.max_topics_per_session_count'], maxEnvelopeBytes: settings['limits.max_envelope_bytes'],
      maxPageEvents: pageEvents, maxPageBytes: pageBytes,
    },
    exposesInspection,
  }, parts.logger);
  const intake = new Intake({
    maxFrameBytes: settings['limits.max_frame_bytes'], maxEnvelopeBytes: settings['limits.max_envelope_bytes'],
    maxEventsPerRun: settings['limits.max_events_per_run_count'], maxBytesPerTurn: settings['limits.max_bytes_per_turn_bytes'],
    maxServiceBytesPerTurn: settings['limits.max_service_bytes_per_turn_bytes'],
  }, publisher, commands, fanOut, nowMs);
  return { directory, fanOut, recoveries, subscriptions, sessions, publisher, commands, intake, messages, durable, groups, causal, casil };
}

function createGroups({ nowMs, logger, durable, settings }: BusParts, directory: Directory, fanOut: FanOut): Groups<Session> {
  const live = new LiveGroupSource({ maxGroupsPerTopic: defaultGroupOptions.maxGroupsPerTopic, groupIdleMs: settings['rooms.idle_ms'] }, nowMs);
  return new Groups<Session>({
    source: durable === undefined ? live : new DurableGroupSource(live, durable.store, { consumer: settings['node.id'], leaseMs: settings['groups.lease_ms'] }),
    options: { leaseMs: settings['groups.lease_ms'], maxAttempts: settings['groups.max_attempts_count'] },
    deadLetters: new DeadLetterPublisher({ directory, fanOut, nowMs }), nowMs, logger,
  });
}

function roomRulesOf(settings: SpineSettings): RoomRules {
  return new RoomRules(settings.rooms, {
    history: settings['history.store'] === 'memory' ? 'memory' : 'durable', order: 'arrival', onStoreFailure: settings['history.on_store_failure'],
    retention: { maxEvents: settings['history.max_events_count'], maxBytes: settings['history.max_bytes'], maxAgeMs: settings['history.max_age_ms'] },
  });
}

/** Whether any history may be in memory, where a restart loses the numbers of runs that were taken. */
function mayForgetProducers(settings: SpineSettings): boolean {
  const isInMemory = settings['history.store'] === 'memory' || settings['history.on_store_failure'] === 'degrade';
  return isInMemory || settings.rooms.some((rule) => rule.history === 'memory' || rule.on_store_failure === 'degrade');
}

function durableTopicsOf(parts: BusParts, wiring: Pick<DurableTopicsParts, 'fanOut' | 'directory' | 'recoveries' | 'onAdvanced'>): DurableTopics | undefined {
  const { settings, durable, nowMs, logger } = parts;
  if (durable === undefined) return undefined;
  const topics = new DurableTopics({
    ...durable, ...wiring, nowMs, producerIdleMs: settings['history.producer_idle_ms'],
    maxUnacknowledgedRuns: settings['limits.max_unacknowledged_runs_count'],
    failed: (key, error) => { logger.warn({ topic: topicKeyText(key), error }, 'the store did not take or give history'); },
  });
  durable.gate.onChange = (isUp, reason) => {
    if (isUp) {
      logger.info({ store: durable.store.name }, 'the store is back');
      parts.readiness.clear('store_unavailable');
      topics.storeBack();
      return;
    }
    logger.error({ store: durable.store.name, reason }, 'the store is lost');
    parts.readiness.set('store_unavailable', 'degraded');
    topics.storeLost();
  };
  return topics;
}

function limitsFor(settings: SpineSettings, session: Session): {
  maxFrameBytes: number; maxEnvelopeBytes: number; maxEventsPerRun: number; maxUnacknowledgedRuns: number; maxEventsPerSecond: number;
  maxBytesPerSecond: bigint; maxTopicsPerSession: number; maxBytesInFlight: number;
} {
  const rate = (value: number | 'off'): number => (value === 'off' || session.isService ? 0 : value);
  return {
    maxFrameBytes: settings['limits.max_frame_bytes'], maxEnvelopeBytes: settings['limits.max_envelope_bytes'],
    maxEventsPerRun: settings['limits.max_events_per_run_count'], maxUnacknowledgedRuns: settings['limits.max_unacknowledged_runs_count'],
    maxEventsPerSecond: rate(settings['limits.events_per_second']), maxBytesPerSecond: BigInt(rate(settings['limits.bytes_per_second'])),
    maxTopicsPerSession: settings['limits.max_topics_per_session_count'],
    maxBytesInFlight: settings[session.isService ? 'limits.max_service_bytes_per_turn_bytes' : 'limits.max_bytes_per_turn_bytes'],
  };
}
