import { append, replace, write, type Edit, type Violation } from '../violation.js';

/** A client app that is not there yet. */
function newApp(name: string, tags: readonly string[], main: readonly string[]): readonly Edit[] {
  const manifest = {
    name: `@arqonbus/${name}`,
    version: '0.1.0',
    private: true,
    license: 'Apache-2.0',
    type: 'module',
    ...(tags.length === 0 ? {} : { nx: { tags } }),
  };
  return [write(`apps/${name}/package.json`, [JSON.stringify(manifest, null, 2)]), write(`apps/${name}/src/main.ts`, main)];
}

export const architectureViolations: readonly Violation[] = [
  {
    name: 'shield-imports-pg',
    rule: 'architecture.shield_no_storage',
    did: 'Let the Shield look a session up in PostgreSQL itself.',
    edits: [append('apps/shield/src/main.ts', ["import { Pool } from 'pg';", 'export const pool = new Pool();'])],
    says: 'pg',
  },
  {
    name: 'shield-loads-storage-on-demand',
    rule: 'architecture.shield_no_storage',
    did: 'Loaded the storage port in the Shield by a dynamic import, where lint rules for import statements do not look.',
    edits: [write('apps/shield/src/history-cache.ts', ['export async function openHistory(): Promise<unknown> {', "  return import('@arqonbus/storage');", '}'])],
  },
  {
    name: 'brain-opens-socket',
    rule: 'architecture.brain_no_sockets',
    did: 'Gave a new app, the Brain, a TCP connection of its own.',
    edits: newApp('brain', ['role:brain', 'layer:app'], ["import { connect } from 'node:net';", "export const socket = connect(7000, 'spine');"]),
    at: 'apps/brain/src/main.ts',
  },
  {
    name: 'cli-dials-websocket',
    rule: 'architecture.brain_no_sockets',
    did: 'Dialled the Shield from the command line by the global WebSocket instead of the SDK.',
    edits: [write('apps/cli/src/direct-dial.ts', ['export function dial(url: string): WebSocket {', '  return new WebSocket(url);', '}'])],
  },
  {
    name: 'http-to-the-spine',
    rule: 'architecture.no_direct_internal_http',
    did: 'Asked the Spine for its topics over HTTP instead of over the bus.',
    edits: [
      write('apps/shield/src/topic-count.ts', ['export async function topicCount(host: string): Promise<string> {', '  const answer = await fetch(`http://${host}:9400/topics`);', '  return answer.text();', '}']),
    ],
  },
  {
    name: 'http-get-under-another-name',
    rule: 'architecture.no_direct_internal_http',
    did: 'Imported the request function of node:http under a harmless name.',
    edits: [write('apps/spine/src/ask-shield.ts', ["import { request as ask } from 'node:http';", "export const asked = ask('http://shield:8080/sessions');"])],
  },
  {
    name: 'contract-depends-on-app',
    rule: 'architecture.layer_order',
    did: 'Let a library of the lowest layer import the telemetry above it.',
    edits: [append('libs/errors/src/index.ts', ["export { createLogger } from '@arqonbus/telemetry';"])],
  },
  {
    name: 'new-project-without-tags',
    rule: 'architecture.project_has_layer',
    did: 'Added an app without role and layer, which no rule of a role would judge.',
    edits: newApp('gateway', [], ['export const started = true;']),
    at: 'apps/gateway/package.json',
  },
  {
    name: 'second-spine',
    rule: 'architecture.voltron_roles',
    did: 'Added a second project with the role of the Spine.',
    edits: newApp('spine-lite', ['role:spine', 'layer:app'], ['export const started = true;']),
  },
  {
    name: 'files-in-a-circle',
    rule: 'architecture.no_file_cycles',
    did: 'Let two files import each other.',
    edits: [
      write('libs/tenancy/src/ring-a.ts', ["import { b } from './ring-b.js';", 'export const a = (): number => b();']),
      write('libs/tenancy/src/ring-b.ts', ["import { a } from './ring-a.js';", 'export const b = (): number => a();']),
    ],
  },
  {
    name: 'imports-the-inside-of-a-library',
    rule: 'architecture.no_deep_import',
    did: 'Imported a file of another library past its index.',
    edits: [write('apps/spine/src/deep-import.ts', ["export { hardCaps } from '../../../libs/errors/src/governed.js';"])],
  },
  {
    name: 'reads-a-file-in-the-event-loop',
    rule: 'architecture.blocking_async',
    did: 'Read a file synchronously while clients wait.',
    edits: [write('apps/spine/src/routing/banner.ts', ["import { readFileSync } from 'node:fs';", 'export function banner(path: string): string {', "  return readFileSync(path, 'utf8');", '}'])],
  },
  {
    name: 'clock-in-the-domain',
    rule: 'architecture.domain_pure',
    did: 'Read the clock inside a library that is to compute from its arguments alone.',
    edits: [write('libs/tenancy/src/now-key.ts', ['export const nowKey = (name: string): string => `${name}:${String(Date.now())}`;'])],
  },
  {
    name: 'undeclared-package',
    rule: 'architecture.undeclared_dependency',
    did: 'Used a package that happens to be installed for another project.',
    edits: [write('apps/cli/src/parse-yaml.ts', ["import { parse } from 'yaml';", 'export const read = (text: string): unknown => parse(text);'])],
  },
  {
    name: 'import-that-leads-nowhere',
    rule: 'architecture.unresolved_import',
    did: 'Left an import of a file that was moved away.',
    edits: [replace('apps/shield/src/main.ts', "'./check-settings.js'", "'./check-setting.js'")],
  },
  {
    name: 'shield-writes-a-file',
    rule: 'architecture.shield_writes_no_files',
    did: 'Kept sessions of the Shield in a file, by a module loaded late.',
    edits: [write('apps/shield/src/kept-sessions.ts', ['export async function keep(text: string): Promise<void> {', "  const { appendFile: add } = await import('node:fs/promises');", "  await add('sessions', text);", '}'])],
  },
  {
    name: 'error-event-ignored',
    rule: 'architecture.swallowed_error',
    did: 'Silenced a socket that fails.',
    edits: [write('apps/spine/src/quiet-socket.ts', ["import type { Socket } from 'node:net';", 'const ignore = (): void => undefined;', 'export function quiet(socket: Socket): void {', "  socket.on('error', ignore);", '}'])],
  },
  {
    name: 'outcomes-nobody-reads',
    rule: 'architecture.swallowed_error',
    did: 'Waited for all writes and looked at none.',
    edits: [write('apps/spine/src/wait-for-writes.ts', ['export async function settle(writes: readonly Promise<void>[]): Promise<void> {', '  await Promise.allSettled(writes);', '}'])],
  },
  {
    name: 'evaluation-by-reflection',
    rule: 'architecture.unsafe_code',
    did: 'Evaluated a text by a function that is looked up by its name.',
    edits: [write('libs/envelope/src/run-text.ts', ['export function runText(text: string): unknown {', "  return (Reflect.get(globalThis, 'eval') as (text: string) => unknown)(text);", '}'])],
  },
  {
    name: 'shield-keeps-messages',
    rule: 'architecture.shield_state_named',
    did: 'Kept the last messages of each room in the Shield, to answer joins there.',
    edits: [write('apps/shield/src/room-memory.ts', ['export class RoomMemory {', '  readonly #messages = new Map<string, Uint8Array[]>();', '}'])],
    says: '#messages',
  },
  {
    name: 'constant-of-a-class-as-state',
    rule: 'architecture.module_state',
    did: 'Counted in a map that belongs to the class, which readonly does not keep from growing.',
    edits: [write('apps/spine/src/routing/opened-topics.ts', ['export class OpenedTopics {', '  static readonly byName = new Map<string, number>();', '  static open(name: string): void {', '    OpenedTopics.byName.set(name, 1);', '  }', '}'])],
  },
];
