export {
  isTenantKey, parseCoordinationKey, redisCoordinationKey, redisEpisodeCacheKey, redisPresenceKey, redisRateLimitKey, type CoordinationKey, type CoordinationKeyParts,
} from './coordination-key.js';
export { compileGrants, isReservedRoom, maxPatternBytes, maxPatternCount, type Grants } from './grants.js';
export {
  isChannelName, isChannelNameBytes, isClientId, isClientIdBytes, isRoomName, isRoomNameBytes, isTenantId,
} from './names.js';
export { formatTopicName, parseTopicName, type TopicName } from './topic-name.js';
export {
  natsChannelOfRecord, natsEpochSubject, natsFloorSubject, natsGroupText, natsNameOf, natsRecordStreamName, natsRecordSubject, natsRecordSubjects, natsRunSubject,
  natsStreamName, natsStreamSubject, natsSubjectsBelow, natsToken, natsTombstoneSubject, natsTopicSubject, parseNatsSubject, redisRoomKeys, redisTopicKeys,
  topicKeyText, type NatsTopicMessage, type RedisTopicKeys, type TopicKey,
} from './topic-key.js';
