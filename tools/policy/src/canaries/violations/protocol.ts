import { append, replace, write, type Violation } from '../violation.js';

const SIGNAL = 'proto/arqon/v1/signal.proto';
const COMMAND = 'proto/arqon/v1/command.proto';
const FRAME = 'proto/arqon/v1/frame.proto';

export const protocolViolations: readonly Violation[] = [
  {
    name: 'proto-field-renamed',
    rule: 'protocol.no_breaking_change',
    did: 'Renamed a field of the wire contract.',
    edits: [replace(SIGNAL, '  string server = 4;', '  string server_name = 4;')],
    says: 'server',
  },
  {
    name: 'proto-field-retyped',
    rule: 'protocol.no_breaking_change',
    did: 'Made a number of the wire contract a text.',
    edits: [replace(SIGNAL, '  uint32 heartbeat_ms = 6;', '  string heartbeat_ms = 6;')],
    says: 'heartbeat_ms',
  },
  {
    name: 'proto-number-reused',
    rule: 'protocol.reserved_not_reused',
    did: 'Took the number of a field that was there for a new one.',
    edits: [replace(SIGNAL, '  bool duplicate = 7;', '  optional string note = 7;')],
  },
  {
    name: 'proto-field-removed',
    rule: 'protocol.removed_number_reserved',
    did: 'Removed a field and left its number free.',
    edits: [replace(SIGNAL, '  uint32 max_topics_per_session = 7;\n', '')],
    says: '7',
  },
  {
    name: 'proto-field-removed-name',
    rule: 'protocol.removed_name_reserved',
    did: 'Removed a field, reserved its number and left its name free.',
    edits: [replace(SIGNAL, '  uint64 max_bytes_per_second = 6;\n', '  reserved 6;\n')],
    says: 'max_bytes_per_second',
  },
  {
    name: 'proto-field-removed-at-once',
    rule: 'protocol.deprecate_before_remove',
    did: 'Removed a field, reserved all of it, and gave peers no version that warns them.',
    edits: [replace(SIGNAL, '  uint32 max_unacknowledged_runs = 4;\n', '  reserved 4;\n  reserved "max_unacknowledged_runs";\n')],
    says: 'max_unacknowledged_runs',
  },
  {
    name: 'proto-required-field',
    rule: 'protocol.no_required',
    did: 'Added a message with a required field.',
    edits: [write('proto/arqon/v1/legacy.proto', ['// Messages of a legacy peer.', 'syntax = "proto2";', '', 'package arqon.v1;', '', 'message LegacyHello {', '  required string name = 1;', '}'])],
    at: 'proto/arqon/v1/legacy.proto',
  },
  {
    name: 'proto-field-without-presence',
    rule: 'protocol.field_presence',
    did: 'Added a number to an existing message that reads as 0 when an older peer does not send it.',
    edits: [replace(SIGNAL, '  fixed64 incarnation = 9;\n', '  fixed64 incarnation = 9;\n  uint32 region = 10;\n')],
    says: 'region',
  },
  {
    name: 'proto-enum-without-zero',
    rule: 'protocol.lint_clean',
    did: 'Let the zero of an enum mean something.',
    edits: [write('proto/arqon/v1/colour.proto', ['// Colours.', 'syntax = "proto3";', '', 'package arqon.v1;', '', 'enum Colour {', '  COLOUR_RED = 0;', '  COLOUR_BLUE = 1;', '}'])],
    says: 'COLOUR_RED',
  },
  {
    name: 'proto-deprecated-for-ever',
    rule: 'protocol.deprecated_has_removal_date',
    did: 'Deprecated a field without saying what comes instead and when it goes.',
    edits: [replace(SIGNAL, '  repeated string capabilities = 8;', '  repeated string capabilities = 8 [deprecated = true];')],
    says: 'capabilities',
  },
  {
    name: 'proto-package-without-version',
    rule: 'protocol.package_versioned',
    did: 'Added a package that names no version.',
    edits: [write('proto/arqon/extra/extra.proto', ['// Extras.', 'syntax = "proto3";', '', 'package arqon.extra;', '', 'message Extra {}'])],
  },
  {
    name: 'proto-generated-code-is-stale',
    rule: 'protocol.generated_is_fresh',
    did: 'Added a message and did not generate the code anew.',
    edits: [write('proto/arqon/v1/fresh.proto', ['// A message that no code knows.', 'syntax = "proto3";', '', 'package arqon.v1;', '', 'message Fresh {}'])],
    at: 'libs/proto/src/gen/arqon/v1/fresh_pb.ts',
  },
  {
    name: 'proto-undocumented-message',
    rule: 'protocol.change_has_spec_and_tests',
    did: 'Added a field that docs/protocol.md does not know.',
    edits: [replace(COMMAND, 'message Command {', 'message Undocumented {\n  optional string text = 1;\n}\n\nmessage Command {')],
    says: 'Undocumented',
  },
  {
    name: 'proto-name-of-another-style',
    rule: 'protocol.lint_clean',
    did: 'Named a message in another style than all others.',
    edits: [replace(FRAME, 'message Frame {', 'message odd_name {}\n\nmessage Frame {')],
    says: 'odd_name',
  },
  {
    name: 'proto-does-not-compile',
    rule: 'protocol.contract_builds',
    did: 'Left a proto file half written.',
    edits: [write('proto/arqon/v1/half.proto', ['syntax = "proto3";', '', 'message {'])],
    isAlone: true,
  },
  {
    name: 'json-between-parts',
    rule: 'protocol.no_other_encoding',
    did: 'Read what came over the link as JSON.',
    edits: [append('libs/link/src/wire.ts', ['export const readJson = (text: string): unknown => JSON.parse(text);'])],
    says: 'JSON.parse',
  },
];
