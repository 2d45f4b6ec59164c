import type { PlannedProject } from './boundary-linter.js';

/** An import under a path, with the rules that must refuse it; none for an allowed one. */
export interface BoundaryCase {
  /** Key of the row in the layer table. */
  readonly row: string;
  readonly file: string;
  readonly code: string;
  readonly refusedBy: readonly string[];
}

const EDGE = '@nx/enforce-module-boundaries';
const MODULE = 'no-restricted-imports';
const SYNTAX = 'no-restricted-syntax';

const bind = (specifier: string): string => `import { x } from '${specifier}';\nexport const y = x;\n`;
const refuse = (row: string, file: string, specifier: string, ...refusedBy: string[]): BoundaryCase => ({ row, file, code: bind(specifier), refusedBy });
const allow = (row: string, file: string, specifier: string): BoundaryCase => ({ row, file, code: bind(specifier), refusedBy: [] });

/** Projects of the table that later steps add. */
export const PLANNED_PROJECTS: readonly PlannedProject[] = [
  { name: '@arqonbus/brain', root: 'apps/brain', tags: ['role:brain', 'layer:app'] },
  { name: '@arqonbus/projector', root: 'apps/projector', tags: ['role:projector', 'layer:app'] },
  { name: '@arqonbus/storage-embedded', root: 'libs/storage-embedded', tags: ['role:storage-embedded', 'layer:adapter'] },
  { name: '@arqonbus/storage-redis', root: 'libs/storage-redis', tags: ['role:storage-redis', 'layer:adapter'] },
  { name: '@arqonbus/storage-nats', root: 'libs/storage-nats', tags: ['role:storage-nats', 'layer:adapter'] },
  { name: '@arqonbus/storage-postgres', root: 'libs/storage-postgres', tags: ['role:storage-postgres', 'layer:adapter'] },
];

const CONTRACT: BoundaryCase[] = [
  refuse('layer:contract', 'libs/errors/src/index.ts', '@arqonbus/tenancy', EDGE),
  refuse('layer:contract', 'libs/errors/src/index.ts', 'jose', EDGE),
  refuse('layer:contract', 'libs/errors/src/index.ts', 'node:fs', MODULE),
  refuse('layer:contract', 'libs/proto/src/index.ts', 'ws', EDGE, MODULE),
  allow('layer:contract', 'libs/proto/src/index.ts', '@bufbuild/protobuf'),
  allow('layer:contract', 'libs/proto/src/index.ts', '@bufbuild/protobuf/codegenv2'),
];

const DOMAIN: BoundaryCase[] = [
  refuse('layer:domain', 'libs/envelope/src/index.ts', '@arqonbus/storage', EDGE),
  refuse('layer:domain', 'libs/envelope/src/index.ts', '@arqonbus/transport', EDGE),
  refuse('layer:domain', 'libs/tenancy/src/index.ts', 'uWebSockets.js', EDGE, MODULE),
  refuse('layer:domain', 'libs/tenancy/src/index.ts', 'ioredis', EDGE, MODULE),
  refuse('layer:domain', 'libs/tenancy/src/index.ts', 'ioredis/built/Redis.js', EDGE, MODULE),
  refuse('layer:domain', 'libs/tenancy/src/index.ts', 'pg', EDGE, MODULE),
  refuse('layer:domain', 'libs/tenancy/src/index.ts', '@nats-io/jetstream', EDGE, MODULE),
  refuse('layer:domain', 'libs/link/src/index.ts', 'node:net', MODULE),
  refuse('layer:domain', 'libs/link/src/index.ts', 'fs/promises', MODULE),
  allow('layer:domain', 'libs/link/src/index.ts', '@arqonbus/envelope'),
  allow('layer:domain', 'libs/link/src/index.ts', '@arqonbus/errors'),
];

const CASIL: BoundaryCase[] = [
  refuse('role:casil', 'libs/casil/src/index.ts', '@arqonbus/tenancy', MODULE),
  refuse('role:casil', 'libs/casil/src/index.ts', '@arqonbus/telemetry', EDGE, MODULE),
  refuse('role:casil', 'libs/casil/src/index.ts', 'node:fs', MODULE),
  refuse('role:casil', 'libs/casil/src/index.ts', 'http', MODULE),
  refuse('role:casil', 'libs/casil/src/index.ts', 'left-pad', EDGE, MODULE),
  allow('role:casil', 'libs/casil/src/index.ts', '@arqonbus/envelope'),
  allow('role:casil', 'libs/casil/src/index.ts', '@arqonbus/errors'),
  allow('role:casil', 'libs/casil/src/index.ts', '@bufbuild/protobuf/wkt'),
  allow('role:casil', 'libs/casil/src/index.ts', './ruleset.js'),
];

const PORT: BoundaryCase[] = [
  refuse('layer:port', 'libs/storage/src/index.ts', '@arqonbus/transport', EDGE),
  refuse('layer:port', 'libs/storage/src/index.ts', 'ioredis', EDGE, MODULE),
  refuse('layer:port', 'libs/storage/src/index.ts', 'uWebSockets.js', EDGE, MODULE),
  refuse('layer:port', 'libs/auth/src/index.ts', 'pg', EDGE, MODULE),
  refuse('layer:port', 'libs/auth/src/index.ts', 'nats', EDGE, MODULE),
  allow('layer:port', 'libs/storage/src/index.ts', '@arqonbus/envelope'),
  allow('layer:port', 'libs/auth/src/index.ts', 'jose'),
  allow('layer:port', 'libs/config/src/index.ts', 'node:fs'),
];

const TRANSPORT: BoundaryCase[] = [
  refuse('layer:transport', 'libs/transport/src/index.ts', '@arqonbus/spine', EDGE),
  refuse('layer:transport', 'libs/transport/src/index.ts', 'ioredis', EDGE, MODULE),
  allow('layer:transport', 'libs/transport/src/index.ts', 'uWebSockets.js'),
  allow('layer:transport', 'libs/transport/src/index.ts', 'ws'),
  allow('layer:transport', 'libs/transport/src/index.ts', 'node:https'),
  allow('layer:transport', 'libs/transport/src/index.ts', '@arqonbus/errors'),
];

const ADAPTER: BoundaryCase[] = [
  refuse('layer:adapter', 'libs/storage-redis/src/index.ts', '@arqonbus/transport', EDGE),
  refuse('layer:adapter', 'libs/storage-redis/src/index.ts', '@arqonbus/storage-nats', EDGE),
  refuse('layer:adapter', 'libs/storage-redis/src/index.ts', 'ws', EDGE, MODULE),
  allow('layer:adapter', 'libs/storage-redis/src/index.ts', '@arqonbus/storage'),
  refuse('role:storage-embedded', 'libs/storage-embedded/src/index.ts', 'pg', EDGE, MODULE),
  refuse('role:storage-embedded', 'libs/storage-embedded/src/index.ts', 'ioredis', EDGE, MODULE),
  allow('role:storage-embedded', 'libs/storage-embedded/src/index.ts', 'node:fs'),
  allow('role:storage-embedded', 'libs/storage-embedded/src/index.ts', 'libsql'),
  refuse('role:storage-redis', 'libs/storage-redis/src/index.ts', 'libsql', EDGE, MODULE),
  refuse('layer:port', 'libs/storage/src/index.ts', 'libsql', EDGE, MODULE),
  refuse('role:storage-redis', 'libs/storage-redis/src/index.ts', 'pg', EDGE, MODULE),
  allow('role:storage-redis', 'libs/storage-redis/src/index.ts', '@arqonbus/tenancy'),
  refuse('role:storage-nats', 'libs/storage-nats/src/index.ts', 'ioredis', EDGE, MODULE),
  allow('role:storage-nats', 'libs/storage-nats/src/index.ts', '@arqonbus/storage'),
  refuse('role:storage-postgres', 'libs/storage-postgres/src/index.ts', '@nats-io/transport-node', EDGE, MODULE),
  allow('role:storage-postgres', 'libs/storage-postgres/src/index.ts', '@arqonbus/storage'),
];

const SDK: BoundaryCase[] = [
  refuse('layer:sdk', 'libs/sdk-js/src/client.ts', '@arqonbus/auth', EDGE),
  refuse('layer:sdk', 'libs/sdk-js/src/client.ts', '@arqonbus/transport', EDGE),
  refuse('layer:sdk', 'libs/sdk-js/src/browser.ts', 'node:tls', MODULE),
  refuse('layer:sdk', 'libs/sdk-js/src/browser.ts', 'ws', MODULE),
  refuse('layer:sdk', 'libs/sdk-js/src/node.ts', 'uWebSockets.js', EDGE, MODULE),
  allow('layer:sdk', 'libs/sdk-js/src/node.ts', 'ws'),
  allow('layer:sdk', 'libs/sdk-js/src/node-socket.ts', 'node:tls'),
  allow('layer:sdk', 'libs/sdk-js/src/client.ts', '@arqonbus/envelope'),
];

const SHIELD: BoundaryCase[] = [
  refuse('role:shield', 'apps/shield/src/main.ts', '@arqonbus/storage', EDGE),
  refuse('role:shield', 'apps/shield/src/main.ts', '@arqonbus/storage-redis', EDGE),
  refuse('role:shield', 'apps/shield/src/session.ts', '@arqonbus/sdk', EDGE),
  refuse('role:shield', 'apps/shield/src/session.ts', 'pg', EDGE, MODULE),
  refuse('role:shield', 'apps/shield/src/session.ts', 'ioredis', EDGE, MODULE),
  refuse('role:shield', 'apps/shield/src/session.ts', 'nats', EDGE, MODULE),
  refuse('role:shield', 'apps/shield/src/session.ts', 'uWebSockets.js', EDGE, MODULE),
  allow('role:shield', 'apps/shield/src/session.ts', '@arqonbus/transport'),
  allow('role:shield', 'apps/shield/src/session.ts', '@arqonbus/auth'),
];

const SPINE: BoundaryCase[] = [
  refuse('role:spine', 'apps/spine/src/main.ts', '@arqonbus/sdk', EDGE),
  refuse('role:spine', 'apps/spine/src/history/index.ts', 'pg', EDGE, MODULE),
  refuse('role:spine', 'apps/spine/src/history/index.ts', '@arqonbus/storage-postgres', MODULE),
  refuse('role:spine', 'apps/spine/src/commands/join.ts', '../routing/topics.js', MODULE),
  allow('role:spine', 'apps/spine/src/commands/join.ts', '../routing/index.js'),
  allow('role:spine', 'apps/spine/src/commands/join.ts', '../routing/routing.js'),
  allow('role:spine', 'apps/spine/src/composition-root.ts', '@arqonbus/storage-postgres'),
  allow('role:spine', 'apps/spine/src/main.ts', '@arqonbus/storage'),
  allow('role:spine', 'apps/spine/src/main.ts', '@arqonbus/transport'),
];

function clientApp(row: string, folder: string): BoundaryCase[] {
  return [
    refuse(row, `${folder}/src/publish.ts`, '@arqonbus/transport', EDGE),
    refuse(row, `${folder}/src/publish.ts`, '@arqonbus/storage-postgres', MODULE),
    refuse(row, `${folder}/src/publish.ts`, 'uWebSockets.js', EDGE, MODULE),
    refuse(row, `${folder}/src/publish.ts`, 'ws', EDGE, MODULE),
    refuse(row, `${folder}/src/publish.ts`, 'node:net', MODULE),
    refuse(row, `${folder}/src/publish.ts`, 'tls', MODULE),
    { row, file: `${folder}/src/publish.ts`, code: `import { createServer } from 'node:http';\ncreateServer();\n`, refusedBy: [MODULE] },
    { row, file: `${folder}/src/publish.ts`, code: `import http from 'node:https';\nhttp.createServer();\n`, refusedBy: [MODULE] },
    { row, file: `${folder}/src/publish.ts`, code: `import * as http from 'node:http';\nhttp.createServer();\n`, refusedBy: [MODULE] },
    allow(row, `${folder}/src/publish.ts`, '@arqonbus/sdk'),
    allow(row, `${folder}/src/publish.ts`, '@arqonbus/config'),
    allow(row, `${folder}/src/composition-root.ts`, '@arqonbus/storage-postgres'),
    { row, file: `${folder}/src/publish.ts`, code: `import { request } from 'node:http';\nrequest('http://localhost');\n`, refusedBy: [] },
  ];
}

const APP: BoundaryCase[] = [
  refuse('layer:app', 'apps/cli/src/main.ts', '@arqonbus/spine', EDGE),
  refuse('layer:app', 'apps/spine/src/main.ts', '@arqonbus/shield', EDGE),
  refuse('layer:app', 'apps/spine/src/main.ts', '@arqonbus/services', EDGE),
  refuse('layer:app', 'apps/spine/src/main.ts', '@arqonbus/testkit', EDGE),
  allow('layer:app', 'apps/spine/src/main.ts', '@arqonbus/config'),
];

const TOOLS: BoundaryCase[] = [
  refuse('layer:tool', 'tools/bench/src/main.ts', 'left-pad', EDGE),
  allow('layer:tool', 'tools/bench/src/main.ts', '@arqonbus/testkit'),
  allow('layer:tool', 'tools/bench/src/main.ts', '@arqonbus/services'),
  refuse('layer:testing', 'libs/testkit/src/index.ts', '@arqonbus/testkit', EDGE),
  allow('layer:testing', 'libs/testkit/src/index.ts', '@arqonbus/errors'),
];

/** At least one refused and one allowed import per row of the table. */
export const ROW_CASES: readonly BoundaryCase[] = [
  ...CONTRACT,
  ...DOMAIN,
  ...CASIL,
  ...PORT,
  ...TRANSPORT,
  ...ADAPTER,
  ...SDK,
  ...SHIELD,
  ...SPINE,
  ...clientApp('role:brain', 'apps/brain'),
  ...clientApp('role:projector', 'apps/projector'),
  ...clientApp('role:cli', 'apps/cli'),
  ...APP,
  ...TOOLS,
];

const tenancyFile = 'libs/tenancy/src/index.ts';

/** Every way to write an import, on the domain row. */
export const FORM_CASES: readonly (BoundaryCase & { readonly form: string })[] = [
  { form: 'static', row: 'layer:domain', file: tenancyFile, code: bind('ws'), refusedBy: [EDGE, MODULE] },
  { form: 'type', row: 'layer:domain', file: tenancyFile, code: "import type { WebSocket } from 'ws';\nexport type Y = WebSocket;\n", refusedBy: [EDGE, MODULE] },
  { form: 'side-effect', row: 'layer:domain', file: tenancyFile, code: "import 'ws';\n", refusedBy: [EDGE, MODULE] },
  { form: 're-export', row: 'layer:domain', file: tenancyFile, code: "export { WebSocket } from 'ws';\n", refusedBy: [EDGE, MODULE] },
  { form: 'dynamic', row: 'layer:domain', file: tenancyFile, code: "export const load = () => import('ws');\n", refusedBy: [EDGE, SYNTAX] },
  { form: 'dynamic built-in', row: 'layer:domain', file: tenancyFile, code: "export const load = () => import('node:fs/promises');\n", refusedBy: [SYNTAX] },
  { form: 'import type expression', row: 'layer:domain', file: tenancyFile, code: "export type Y = import('node:net').Socket;\n", refusedBy: [SYNTAX] },
  { form: 'relative into another project', row: 'layer:domain', file: tenancyFile, code: bind('../../storage/src/index.js'), refusedBy: [EDGE] },
  { form: 'dynamic project', row: 'layer:domain', file: tenancyFile, code: "export const load = () => import('@arqonbus/storage');\n", refusedBy: [EDGE] },
  { form: 'type of a project', row: 'layer:domain', file: tenancyFile, code: "import type { X } from '@arqonbus/storage';\nexport type Y = X;\n", refusedBy: [EDGE] },
];

/** Test files may use the test kit and tools; the same import in production code is refused. */
export const TEST_FILE_CASES: readonly BoundaryCase[] = [
  allow('layer:port', 'libs/auth/src/verify.test.ts', '@arqonbus/testkit'),
  allow('layer:port', 'libs/storage/test/history.ts', '@arqonbus/services'),
  allow('role:spine', 'apps/spine/test/publish.test.ts', '@arqonbus/testkit'),
  allow('layer:domain', 'libs/envelope/test/python.test.ts', 'node:child_process'),
  allow('layer:domain', 'libs/envelope/src/reader.test.ts', 'fast-check'),
  refuse('layer:port', 'libs/auth/src/verify.ts', '@arqonbus/testkit', EDGE),
  refuse('layer:port', 'libs/auth/src/verify.ts', '@arqonbus/services', EDGE),
  refuse('layer:port', 'libs/auth/src/verify.test.ts', '@arqonbus/transport', EDGE),
];
