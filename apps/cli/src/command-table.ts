import type { CommandNode } from './command-line/command-spec.js';
import { projectorCommands } from './commands/projector/projector-commands.js';
import { connectionOptions, dataDirOption } from './connection/connection-options.js';
import { storeOptions } from './dev/store-option.js';

const topicOperand = { name: 'TOPIC', isRequired: true, doc: 'ROOM, ROOM:CHANNEL or @CLIENT' };

/** Every command of `arqon`. */
export const commandTable: readonly CommandNode[] = [
  {
    name: 'dev',
    summary: 'Runs a bus on this machine: a Shield and a Spine, with a certificate and keys made on first use',
    operands: [],
    options: [
      { name: 'port', kind: 'value', value: 'PORT', doc: 'Port of the Shield; 0 picks free ports for all listeners. Default 8443' },
      dataDirOption,
      ...storeOptions,
      { name: 'reset', kind: 'flag', doc: 'Makes certificate, keys and audit logs anew first; history stays' },
    ],
    examples: ['arqon dev', 'arqon dev --port 0 --json', 'arqon dev --store embedded', 'arqon dev --store redis --store-url redis://127.0.0.1:6379', 'arqon dev --reset'],
    load: async () => (await import('./commands/dev.js')).runDevCommand,
  },
  {
    name: 'serve',
    summary: 'Runs one server in the foreground: spine, shield or projector, as nx serve does',
    operands: [{ name: 'SERVER', isRequired: true, doc: 'spine, shield or projector' }],
    options: [
      { name: 'config', kind: 'value', value: 'FILE', doc: 'Settings file; then nothing is generated. Default: environment, and the data folder for what it leaves open' },
      ...storeOptions,
      dataDirOption,
    ],
    examples: ['arqon serve spine', 'arqon serve spine --store embedded', 'arqon serve shield', 'arqon serve projector', 'arqon serve spine --config spine.yaml'],
    load: async () => (await import('./commands/serve.js')).runServeCommand,
  },
  {
    name: 'token',
    summary: 'Prints a token for the local bus',
    operands: [],
    options: [
      { name: 'tenant', kind: 'value', value: 'TENANT', doc: 'Tenant (tenant_id); needed' },
      { name: 'sub', kind: 'value', value: 'CLIENT', doc: 'Client id (sub); needed' },
      { name: 'publish', kind: 'list', value: 'PATTERN', doc: 'What it may publish to: ROOM, ROOM:CHANNEL or @CLIENT, * for any run of characters; repeat for more' },
      { name: 'subscribe', kind: 'list', value: 'PATTERN', doc: 'What it may read; repeat for more' },
      { name: 'role', kind: 'list', value: 'ROLE', doc: 'client, service, operator or admin; repeat for more. Default client' },
      { name: 'capability', kind: 'list', value: 'NAME', doc: 'Capability; repeat for more' },
      { name: 'ttl', kind: 'value', value: 'SECONDS', doc: 'Time until it expires. Default 3600' },
      dataDirOption,
    ],
    examples: [
      "arqon token --tenant acme --sub planner --publish 'plans:*' --subscribe 'plans:*'",
      "arqon token --tenant acme --sub ops --role operator --subscribe '*' --ttl 600",
    ],
    load: async () => (await import('./commands/token.js')).runTokenCommand,
  },
  {
    name: 'pub',
    summary: 'Publishes one event or several',
    operands: [topicOperand, { name: 'PAYLOAD', isRequired: false, doc: 'Content; - or nothing reads standard input' }],
    options: [
      { name: 'type', kind: 'value', value: 'TYPE', doc: 'Media type or full Protobuf message name. Default text/plain' },
      { name: 'header', kind: 'list', value: 'KEY=VALUE', doc: 'Header; repeat for more' },
      { name: 'count', kind: 'value', value: 'N', doc: 'Publishes N events; {{n}} in the payload becomes 1 to N' },
      { name: 'no-ack', kind: 'flag', doc: 'Does not wait for the acknowledgement' },
      { name: 'request', kind: 'flag', doc: 'Publishes a request and prints the first answer' },
      { name: 'reply-timeout', kind: 'value', value: 'SECONDS', doc: 'Longest wait for that answer; implies --request. Default 30' },
      ...connectionOptions,
    ],
    examples: [
      'arqon pub plans:main hello',
      "arqon pub plans:main 'step {{n}}' --count 10",
      "echo '{\"a\":1}' | arqon pub plans:main - --type application/json --header origin=demo",
      'arqon pub @worker ping --reply-timeout 5',
    ],
    load: async () => (await import('./commands/pub.js')).runPubCommand,
  },
  {
    name: 'sub',
    summary: 'Prints events as they come',
    operands: [{ name: 'TOPIC', isRequired: true, doc: 'ROOM, ROOM:CHANNEL, ROOM:* or @CLIENT' }],
    options: [
      { name: 'count', kind: 'value', value: 'N', doc: 'Ends after N events' },
      { name: 'since', kind: 'list', value: 'POSITION', doc: 'start, or the last sequence seen: SEQ, EPOCH/SEQ; with ROOM:* CHANNEL=SEQ, repeated. Default: from now on' },
      { name: 'group', kind: 'value', value: 'GROUP', doc: 'Takes its share of the topic as a member of the group: each event goes to one member, and is acknowledged once printed' },
      { name: 'all-channels', kind: 'flag', doc: 'Every channel of the room, as ROOM:* does' },
      ...connectionOptions,
    ],
    examples: ['arqon sub plans:main', "arqon sub 'plans:*' --json", 'arqon sub plans:main --since start --count 10', 'arqon sub jobs --group workers', 'arqon sub @worker'],
    load: async () => (await import('./commands/sub.js')).runSubCommand,
  },
  {
    name: 'history',
    summary: 'Prints what the history of a topic holds, oldest first',
    operands: [topicOperand],
    options: [
      { name: 'from', kind: 'value', value: 'POINT', doc: 'First sequence, or a time such as 2026-01-31T12:00:00Z' },
      { name: 'to', kind: 'value', value: 'POINT', doc: 'Last sequence, or a time' },
      { name: 'limit', kind: 'value', value: 'N', doc: 'At most N events' },
      { name: 'replay', kind: 'flag', doc: 'All of the window or an error: refuses one with a hole, and needs --from and --to' },
      { name: 'pace', kind: 'value', value: 'N', doc: 'With --replay: N events per second' },
      ...connectionOptions,
    ],
    examples: ['arqon history plans:main --limit 20', 'arqon history plans:main --from 100 --to 199 --json', 'arqon history plans:main --replay --from 100 --to 199 --pace 10'],
    load: async () => (await import('./commands/history.js')).runHistoryCommand,
  },
  {
    name: 'inspect',
    summary: 'Tells what content inspection (CASIL) finds in a text, and what would become of it; ends with 0 when that is nothing, with 1 when it is something',
    operands: [{ name: 'FILE', isRequired: false, doc: 'The text; - or nothing reads standard input' }],
    options: [
      { name: 'jsonl', kind: 'flag', doc: 'The input is lines of {"id","text"}, also "type"; each gives one line {"id","decision","reason_code","flags","findings"}, a bad one {"line","error"}' },
      { name: 'config', kind: 'value', value: 'FILE', doc: 'Settings of a Spine, of which the casil ones hold. Default: all detectors but those of personal data, enforce' },
      { name: 'redact', kind: 'flag', doc: 'Adds "redacted"; without --jsonl and --json the redacted text is what goes to stdout, and what was found to stderr' },
      { name: 'timing', kind: 'flag', doc: 'Adds "elapsed_us": microseconds of the inspection' },
      { name: 'pii', kind: 'flag', doc: 'Looks for personal data too' },
    ],
    examples: [
      'arqon inspect server.log',
      'git diff --cached | arqon inspect',
      'arqon inspect --redact server.log > shared.log',
      'arqon inspect --jsonl --redact < texts.jsonl',
      'arqon inspect payload.json --config spine.yaml --json',
    ],
    load: async () => (await import('./commands/inspect.js')).runInspectCommand,
  },
  {
    name: 'erase',
    summary: 'Destroys the content of one event for good; a tombstone stays in its place',
    operands: [{ name: 'TOPIC', isRequired: true, doc: 'ROOM or ROOM:CHANNEL' }, { name: 'SEQUENCE', isRequired: true, doc: 'Sequence of the event' }],
    options: connectionOptions,
    examples: ['arqon erase plans:main 17', 'arqon erase plans:main 17 --json'],
    load: async () => (await import('./commands/erase.js')).runEraseCommand,
  },
  projectorCommands,
  {
    name: 'status',
    summary: 'Shows the server and the session as the server sees it',
    operands: [],
    options: connectionOptions,
    examples: ['arqon status', 'arqon status --json'],
    load: async () => (await import('./commands/status.js')).runStatusCommand,
  },
];
