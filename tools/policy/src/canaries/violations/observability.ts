import { write, type Violation } from '../violation.js';

export const observabilityViolations: readonly Violation[] = [
  {
    name: 'console-log',
    rule: 'observability.structured_log',
    did: 'Printed to the console of a server.',
    edits: [write('apps/shield/src/trace-frame.ts', ['export function traceFrame(bytes: number): void {', "  console.log('frame', bytes);", '}'])],
  },
  {
    name: 'console-under-another-name',
    rule: 'observability.structured_log',
    did: 'Took the log function out of the console.',
    edits: [write('apps/spine/src/say.ts', ['const { log: say } = console;', "say('spine is here');"])],
  },
  {
    name: 'handler-without-metric',
    rule: 'observability.handler_metric',
    did: 'Added a handler of requests that counts nothing.',
    edits: [
      write('apps/spine/src/debug-door.ts', ["import { createServer } from 'node:http';", 'export function openDebugDoor(): void {', '  const server = createServer();', "  server.on('request', (_request, response) => {", "    response.end('ok');", '  });', '  server.listen(0);', '}']),
    ],
  },
  {
    name: 'payload-in-the-log',
    rule: 'observability.log_no_payload',
    did: 'Logged what a client sent.',
    edits: [
      write('apps/spine/src/log-event.ts', ["import type { Logger } from '@arqonbus/telemetry';", 'export function logEvent(logger: Logger, payload: Uint8Array): void {', "  logger.info({ payload }, 'event');", '}']),
    ],
  },
  {
    name: 'label-per-client',
    rule: 'observability.metric_label_cardinality',
    did: 'Counted per client, so that each client costs a time series.',
    edits: [
      write('apps/shield/src/count-client.ts', ["import type { Metrics } from '@arqonbus/telemetry';", "export function countClient(meter: Metrics['meter'], clientId: string): void {", "  const frames = meter.createCounter('shield_client_frames_total', { description: 'Frames.', unit: '1' });", '  frames.add(1, { client_id: clientId });', '}']),
    ],
  },
  {
    name: 'warning-of-the-process',
    rule: 'observability.structured_log',
    did: 'Told of an old key set by a warning of the process.',
    edits: [write('libs/auth/src/warn-of-keys.ts', ['export function warnOfKeys(): void {', "  process.emitWarning('the key set is old');", '}'])],
  },
];
