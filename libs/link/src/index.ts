export { DELIVER_HEADROOM_BYTES, prependDeliverTopic, type DeliverTopicHeader } from './prepend-deliver-topic.js';
export { LINK_MESSAGE_MAX_BYTES } from './link-message-buffer.js';
export { SpineFrameBuilder, type SpineMessageInit } from './spine-frame-builder.js';
export { ShieldFrameBuilder, type ShieldMessageInit } from './shield-frame-builder.js';
export { readShieldFrame, type ShieldFrameHandlers, type ShieldMessageBody } from './read-shield-frame.js';
export { readSpineFrame, type SpineFrameHandlers, type SpineMessageBody } from './read-spine-frame.js';
