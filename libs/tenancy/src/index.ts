export { compileGrants, isReservedRoom, maxPatternBytes, maxPatternCount, type Grants } from './grants.js';
export {
  isChannelName, isChannelNameBytes, isClientId, isClientIdBytes, isRoomName, isRoomNameBytes, isTenantId,
} from './names.js';
export { formatTopicName, parseTopicName, type TopicName } from './topic-name.js';
