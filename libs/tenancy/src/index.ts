export { compileGrants, isReservedRoom, maxPatternBytes, maxPatternCount, type Grants } from './grants.js';
export {
  isChannelName, isChannelNameBytes, isClientId, isClientIdBytes, isRoomName, isRoomNameBytes, isTenantId,
} from './names.js';
export { formatTopicName, parseTopicName, type TopicName } from './topic-name.js';
export {
  natsStreamName, natsToken, natsTopicSubject, redisRoomKeys, redisTopicKeys, topicKeyText, type RedisTopicKeys, type TopicKey,
} from './topic-key.js';
