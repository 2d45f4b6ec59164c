/**
 * The layer table of docs/architecture.md as data: who may depend on whom, and which outside modules each row must not import.
 * `eslint.config.mjs` turns it into `@nx/enforce-module-boundaries` constraints (project edges and installed packages) and into
 * `no-restricted-imports` / `no-restricted-syntax` (node: built-ins, and vendors that are not installed, which Nx cannot see).
 */

/** Modules that only one layer each may touch, by the name used in messages. A name covers its subpaths and, for a scope, its packages. */
export const VENDORS = {
  uws: ['uWebSockets.js', 'uws-pack'],
  ws: ['ws'],
  redis: ['ioredis', 'redis', 'iovalkey'],
  postgres: ['pg', 'pg-pool', 'pg-cursor', 'pg-native', 'postgres', '@electric-sql'],
  nats: ['nats', '@nats-io'],
  embedded: ['libsql', '@libsql', 'better-sqlite3', 'sqlite3', 'node-sqlite3-wasm'],
};

const DATABASES = [...VENDORS.redis, ...VENDORS.postgres, ...VENDORS.nats, ...VENDORS.embedded];
const SOCKETS = [...VENDORS.uws, ...VENDORS.ws];
const CORE_LAYERS = ['layer:contract', 'layer:domain', 'layer:port'];
const CLIENT_BANNED_PACKAGES = SOCKETS;
const CLIENT_BANNED_BUILTINS = ['net', 'tls', 'dgram', 'http2'];
const CLIENT_BANNED_HTTP_NAMES = ['default', 'createServer', 'Server'];

/**
 * One row per `layer:` tag. `mayDependOn`: tags a project of the layer may import. `bannedPackages`: npm names, subpaths included.
 * `bannedBuiltins`: node: modules, or 'all'. `onlyExternal`: the complete list of npm packages allowed, when it is that short.
 */
export const LAYER_ROWS = {
  'layer:contract': {
    mayDependOn: ['layer:contract'],
    onlyExternal: ['@bufbuild/protobuf'],
    bannedPackages: [...DATABASES, ...SOCKETS],
    bannedBuiltins: 'all',
    pure: true,
  },
  'layer:domain': {
    mayDependOn: ['layer:contract', 'layer:domain'],
    bannedPackages: [...DATABASES, ...SOCKETS],
    bannedBuiltins: 'all',
    pure: true,
  },
  'layer:port': { mayDependOn: CORE_LAYERS, bannedPackages: [...DATABASES, ...VENDORS.uws] },
  'layer:transport': { mayDependOn: CORE_LAYERS, bannedPackages: DATABASES },
  'layer:adapter': { mayDependOn: CORE_LAYERS, bannedPackages: SOCKETS },
  'layer:sdk': { mayDependOn: ['layer:contract', 'layer:domain'], bannedPackages: [...DATABASES, ...VENDORS.uws] },
  'layer:app': { mayDependOn: [...CORE_LAYERS, 'layer:adapter', 'layer:transport', 'layer:sdk'], bannedPackages: [] },
  'layer:tool': {
    mayDependOn: [...CORE_LAYERS, 'layer:adapter', 'layer:transport', 'layer:sdk', 'layer:app', 'layer:tool', 'layer:testing'],
    bannedPackages: [],
  },
  'layer:testing': {
    mayDependOn: [...CORE_LAYERS, 'layer:adapter', 'layer:transport', 'layer:sdk', 'layer:app', 'layer:tool', 'layer:testing'],
    bannedPackages: [],
  },
};

const CLIENT_APP_ROW = {
  mayDependOn: [...CORE_LAYERS, 'layer:sdk', 'layer:adapter'],
  mustNotDependOn: ['layer:transport'],
  bannedPackages: CLIENT_BANNED_PACKAGES,
  bannedBuiltins: CLIENT_BANNED_BUILTINS,
  bannedHttpNames: CLIENT_BANNED_HTTP_NAMES,
  compositionRootOnlyPackages: DATABASES,
  adaptersInCompositionRootOnly: true,
};

/** Files of libs/casil that check configuration or rules at start: the only ones of it that may use V8's regular expressions (E25). */
const CASIL_CHECKS = ['src/compile-ruleset.ts', 'src/topic-globs.ts', 'src/pattern/parse-pattern.ts', 'src/scan/anchor-automaton.ts'];

/**
 * Rows that name one project rather than a layer, by its `role:` tag; they narrow the row of the project's layer. `onlyModules`: the complete list of
 * packages, own ones too. `regExpFiles`: the only files with regular expressions.
 */
export const ROLE_ROWS = {
  'role:shield': {
    mayDependOn: [...CORE_LAYERS, 'layer:transport'],
    mustNotDependOn: ['role:storage', 'layer:adapter'],
    bannedPackages: [...DATABASES, ...VENDORS.uws],
  },
  'role:spine': {
    mayDependOn: [...CORE_LAYERS, 'layer:adapter', 'layer:transport'],
    bannedPackages: [],
    compositionRootOnlyPackages: VENDORS.postgres,
    adaptersInCompositionRootOnly: true,
  },
  'role:brain': CLIENT_APP_ROW,
  'role:projector': CLIENT_APP_ROW,
  'role:cli': CLIENT_APP_ROW,
  'role:casil': { bannedPackages: [], onlyModules: ['@arqonbus/errors', '@arqonbus/envelope', '@bufbuild/protobuf'], regExpFiles: CASIL_CHECKS },
  'role:storage-embedded': { bannedPackages: [...VENDORS.redis, ...VENDORS.postgres, ...VENDORS.nats] },
  'role:storage-redis': { bannedPackages: [...VENDORS.postgres, ...VENDORS.nats, ...VENDORS.embedded] },
  'role:storage-nats': { bannedPackages: [...VENDORS.redis, ...VENDORS.postgres, ...VENDORS.embedded] },
  'role:storage-postgres': { bannedPackages: [...VENDORS.redis, ...VENDORS.nats, ...VENDORS.embedded] },
};

/** Roles whose production code may import a tool or the test kit: none. Test files may, whatever their project. */
export const TEST_ONLY_LAYERS = ['layer:testing', 'layer:tool'];

/** The six layers inside the Spine: each is a folder whose one public file is `index.ts` or `<layer>.ts` (A14). */
export const SPINE_LAYERS = ['transport', 'routing', 'commands', 'casil', 'history', 'telemetry'];

/** Every row, keyed by its tag, as the boundary tests iterate over it. */
export const ALL_ROWS = { ...LAYER_ROWS, ...ROLE_ROWS };
