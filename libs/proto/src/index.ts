// Generated message types and schemas of the wire and link protocols (proto/).
export type { Frame, Batch, Stamp, Envelope, Embedding, Inspection, Task, Error } from './gen/arqon/v1/frame_pb.js';
export { FrameSchema, BatchSchema, StampSchema, EnvelopeSchema, EmbeddingSchema, InspectionSchema, TaskSchema, ErrorSchema } from './gen/arqon/v1/frame_pb.js';
export type { Event } from './gen/arqon/v1/event_pb.js';
export { EventSchema } from './gen/arqon/v1/event_pb.js';
export type { Position } from './gen/arqon/v1/position_pb.js';
export { PositionSchema } from './gen/arqon/v1/position_pb.js';
export type { Command, Ping, Join, Leave, GetStatus, ListChannels, GetChannelInfo, CreateChannel, DeleteChannel, GetHistory, ReplayHistory, GetHelp, RefreshToken, AcknowledgeTask, Call, Erase } from './gen/arqon/v1/command_pb.js';
export { CommandSchema, PingSchema, JoinSchema, LeaveSchema, GetStatusSchema, ListChannelsSchema, GetChannelInfoSchema, CreateChannelSchema, DeleteChannelSchema, GetHistorySchema, ReplayHistorySchema, GetHelpSchema, RefreshTokenSchema, AcknowledgeTaskSchema, CallSchema, EraseSchema } from './gen/arqon/v1/command_pb.js';
export type { Reply, Pong, Joined, Left, Status, Channels, Channel, History, Help, HelpEntry, TokenRefreshed, Done } from './gen/arqon/v1/reply_pb.js';
export { ReplySchema, PongSchema, JoinedSchema, LeftSchema, StatusSchema, ChannelsSchema, ChannelSchema, HistorySchema, HelpSchema, HelpEntrySchema, TokenRefreshedSchema, DoneSchema } from './gen/arqon/v1/reply_pb.js';
export type { Signal, Welcome, Limits, Published, Gap, Presence, TokenExpiring, Draining, Disconnect, Ban } from './gen/arqon/v1/signal_pb.js';
export { SignalSchema, WelcomeSchema, LimitsSchema, PublishedSchema, GapSchema, PresenceSchema, TokenExpiringSchema, DrainingSchema, DisconnectSchema, BanSchema, Durability, DurabilitySchema } from './gen/arqon/v1/signal_pb.js';
export type { ShieldFrame, ShieldMessage, Inbound, Hello, OpenSession, CloseSession, TopicPosition, SessionLagging, SessionCredit, ResumeTopic, ChannelPosition, ResumeDone, SpineFrame, SpineMessage, DeliverTopic, DeliverSession, LinkWelcome, DescribeTopic, Subscribe, Unsubscribe, KickSession, ClaimsChanged, LinkDraining, ForgetTopic } from './gen/arqon/link/v1/link_pb.js';
export { ShieldFrameSchema, ShieldMessageSchema, InboundSchema, HelloSchema, OpenSessionSchema, CloseSessionSchema, TopicPositionSchema, SessionLaggingSchema, SessionCreditSchema, ResumeTopicSchema, ChannelPositionSchema, ResumeDoneSchema, SpineFrameSchema, SpineMessageSchema, DeliverTopicSchema, DeliverSessionSchema, LinkWelcomeSchema, DescribeTopicSchema, SubscribeSchema, UnsubscribeSchema, KickSessionSchema, ClaimsChangedSchema, LinkDrainingSchema, ForgetTopicSchema } from './gen/arqon/link/v1/link_pb.js';
