import { replace, write, type Violation } from '../violation.js';

const GOVERNED = 'libs/errors/src/governed.ts';

export const transportViolations: readonly Violation[] = [
  {
    name: 'hard-cap-raised',
    rule: 'transport.hard_cap_not_raised',
    did: 'Doubled what one message may hold.',
    edits: [replace(GOVERNED, 'frameBytes: 1_048_576', 'frameBytes: 2_097_152')],
    says: 'frameBytes',
  },
  {
    name: 'hard-cap-written-over',
    rule: 'architecture.module_state',
    did: 'Left the table of caps as it is, and wrote another value into it when the process starts.',
    edits: [write('apps/spine/src/raise-caps.ts', ["import { hardCaps } from '@arqonbus/errors';", 'Object.assign(hardCaps, { frameBytes: 9_999_999 });'])],
    says: 'hardCaps',
  },
  {
    name: 'readiness-reason-renamed',
    rule: 'transport.reason_strings_stable',
    did: 'Renamed a reason that operators have alerts for.',
    edits: [replace(GOVERNED, "'link_down'", "'link_lost'")],
    says: 'link_down',
  },
  {
    name: 'bucket-edge-changed',
    rule: 'transport.bucket_edges_stable',
    did: 'Moved the edge of a histogram bucket.',
    edits: [replace(GOVERNED, 'handshakeSeconds: [0.005, 0.01, 0.02, 0.04', 'handshakeSeconds: [0.005, 0.01, 0.02, 0.05')],
  },
  {
    name: 'readiness-state-added',
    rule: 'transport.readiness_states_stable',
    did: 'Added a readiness state that no probe knows.',
    edits: [replace(GOVERNED, "['Ready', 'Degraded', 'NotReady']", "['Ready', 'Degraded', 'NotReady', 'Warming']")],
  },
  {
    name: 'error-code-renumbered',
    rule: 'transport.error_codes_stable',
    did: 'Gave an error another number.',
    edits: [replace('libs/errors/src/error-codes.ts', 'UNKNOWN_COMMAND: row(1007,', 'UNKNOWN_COMMAND: row(1099,')],
  },
  {
    name: 'compression-switched-on',
    rule: 'transport.inflate_guard',
    did: 'Inflated bytes of a peer without a bound.',
    edits: [write('libs/transport/src/inflate-frame.ts', ["import { inflateRawSync } from 'node:zlib';", 'export const inflate = (bytes: Uint8Array): Uint8Array => inflateRawSync(bytes);'])],
  },
  {
    name: 'limit-above-the-cap',
    rule: 'transport.limit_within_cap',
    did: 'Let the link take messages of 16 MiB.',
    edits: [replace('apps/shield/src/link/spine-link.ts', 'maxPayload: hardCaps.frameBytes', 'maxPayload: hardCaps.frameBytes * 16')],
  },
  {
    name: 'listener-above-the-cap',
    rule: 'transport.limit_within_cap',
    did: 'Let the listener of the Shield take messages of 16 MiB.',
    edits: [replace('apps/shield/src/check-settings.ts', 'maxMessageBytes: hardCaps.frameBytes', 'maxMessageBytes: 16 * 1024 * 1024')],
  },
];
