/**
 * The governed identifiers (G1–G13, G27, G32): hard caps, readiness states and reasons, rejection
 * reasons, histogram bucket edges. A snapshot test pins them. Changing or removing one is a major
 * change that needs the approval docs/protocol.md names; configuration may lower a cap, never raise it.
 */

/** Hard caps, in the unit that the name ends with. */
export const hardCaps = {
  /** 1 MiB: what one WebSocket message on any listener may hold (G1). */
  frameBytes: 1_048_576,
  /** What a client may send: the cap less 64 KiB for stamp and link header. */
  clientFrameBytes: 983_040,
  envelopeBytes: 983_040,
  eventsPerRun: 4_096,
  unacknowledgedRuns: 1_024,
  positionsPerRun: 64,
  topicsPerSession: 65_536,
  channelsPerRoomJoin: 1_024,
  tokenBytes: 8_192,
  nameBytes: 128,
  tenantBytes: 64,
  /** Streaming chunk (G2) and size at which a topic's pending frame leaves (64 KiB). */
  chunkBytes: 65_536,
  /** Largest inflated : compressed ratio (G3). Compression is off in this version. */
  inflateRatio: 8,
} as const;

export const readinessStates = ['Ready', 'Degraded', 'NotReady'] as const;
export type ReadinessState = (typeof readinessStates)[number];

export const readinessReasons = [
  'starting',
  'draining',
  'keys_unreachable',
  'link_down',
  'store_unavailable',
  'audit_unavailable',
  'certificate_expiring',
  'fallback_transport',
  'bus_unavailable',
  'projection_paused',
  'projection_gap',
  'projection_lagging',
] as const;
export type ReadinessReason = (typeof readinessReasons)[number];

/** Values of the label `reason` of `rejected_total` (G27); `arti_bootstrap` is reserved. */
export const rejectionReasons = ['timeout', 'tls', 'too_large', 'rate_limited', 'peer_limit', 'arti_bootstrap'] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

/** Fixed upper edges of histogram buckets (G13), in the unit that the name ends with. */
export const bucketEdges = {
  handshakeSeconds: [0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5],
  sizeBytes: [64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576],
  throughputBytesPerSecond: [1_024, 16_384, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864, 268_435_456],
  latencySeconds: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
  lagSeconds: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600],
} as const;
