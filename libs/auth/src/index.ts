export { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from './create-token-verifier.js';
export type { Claims, Role, TokenRefusal, TokenVerdict } from './claims.js';
export {
  callsRoom, canCall, canCreateChannel, canDeleteChannel, canListRoom, canPublish, canPublishInbox, canSubscribe, canSubscribeInbox, canSubscribeRoom,
  isOperator, sameIdentity,
} from './decisions.js';
export { readBearerHeader, readBearerSubprotocol } from './read-bearer.js';
export { createLinkKeyCheck, linkKeyMinimumCount } from './create-link-key-check.js';
export type { KeySourceOption } from './key-source.js';
