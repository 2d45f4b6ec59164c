import type { DataDir } from '../data-dir/data-dir.js';
import { devIssuer } from '../token/sign-token.js';
import { storeEnvironment, type StoreChoice } from './store-option.js';

/** Ports that the Spine says it listens on. */
export interface SpinePorts {
  readonly servicePort: number;
  readonly linkPort: number;
  readonly adminPort: number;
}

/** Where the Shield says it listens. */
export interface ShieldPorts {
  readonly clientUrl: string;
  readonly clientPort: number;
  readonly adminPort: number;
}

/** Which ports to ask for; an absent one is the setting's default. */
export interface WantedPorts {
  readonly spine: Partial<SpinePorts>;
  readonly shield: Partial<Pick<ShieldPorts, 'clientPort' | 'adminPort'>>;
}

/** Short, because whoever runs a bus on a desk waits for it to stop. */
const drain = { timeoutMs: '2000', reconnectMinMs: '100', reconnectMaxMs: '1000' };

type Environment = Readonly<Record<string, string | undefined>>;

/** The ports that `--port` asks for. */
export function wantedPorts(port: number | undefined): WantedPorts {
  if (port === 0) return { spine: { servicePort: 0, linkPort: 0, adminPort: 0 }, shield: { clientPort: 0, adminPort: 0 } };
  return { spine: {}, shield: port === undefined ? {} : { clientPort: port } };
}

/** What the Spine of a local bus is made of; without a store the environment decides. */
export interface SpineParts {
  readonly dataDir: DataDir;
  readonly linkKey: string;
  readonly ports: Partial<SpinePorts>;
  readonly store?: StoreChoice | undefined;
}

/** The Spine's environment: the caller's, with what makes it this bus's Spine set over it. */
export function spineEnvironment(caller: Environment, parts: SpineParts): Record<string, string | undefined> {
  const { dataDir, linkKey, ports, store } = parts;
  return {
    ARQON_SPINE_HISTORY_EMBEDDED_FILE: dataDir.historyFile,
    ...quiet(caller, 'ARQON_SPINE_LOG_LEVEL'),
    ...(store === undefined ? {} : storeEnvironment(store, dataDir)),
    ...port('ARQON_SPINE_SERVICE_PORT', ports.servicePort),
    ...port('ARQON_SPINE_LINK_PORT', ports.linkPort),
    ...port('ARQON_SPINE_ADMIN_PORT', ports.adminPort),
    ARQON_SPINE_LINK_KEY: linkKey,
    ARQON_SPINE_AUTH_JWKS_FILE: dataDir.jwksFile,
    ARQON_SPINE_AUTH_ISSUER: devIssuer.issuer,
    ARQON_SPINE_AUTH_AUDIENCE: devIssuer.audience,
    ARQON_SPINE_AUDIT_FILE: dataDir.auditFile('spine'),
    ARQON_SPINE_DRAIN_TIMEOUT_MS: drain.timeoutMs,
    ARQON_SPINE_DRAIN_RECONNECT_MIN_MS: drain.reconnectMinMs,
    ARQON_SPINE_DRAIN_RECONNECT_MAX_MS: drain.reconnectMaxMs,
  };
}

/** The Shield's environment, as spineEnvironment. */
export function shieldEnvironment(
  caller: Environment, parts: { readonly dataDir: DataDir; readonly linkKey: string; readonly linkPort: number; readonly ports: WantedPorts['shield'] },
): Record<string, string | undefined> {
  const { dataDir, linkKey, linkPort, ports } = parts;
  return {
    ...quiet(caller, 'ARQON_SHIELD_LOG_LEVEL'),
    ...port('ARQON_SHIELD_LISTEN_PORT', ports.clientPort),
    ...port('ARQON_SHIELD_ADMIN_PORT', ports.adminPort),
    ARQON_SHIELD_TLS_CERT_FILE: dataDir.certFile,
    ARQON_SHIELD_TLS_KEY_FILE: dataDir.keyFile,
    ARQON_SHIELD_AUTH_JWKS_FILE: dataDir.jwksFile,
    ARQON_SHIELD_AUTH_ISSUER: devIssuer.issuer,
    ARQON_SHIELD_AUTH_AUDIENCE: devIssuer.audience,
    ARQON_SHIELD_LINK_KEY: linkKey,
    ARQON_SHIELD_LINK_URLS: `ws://127.0.0.1:${linkPort}`,
    ARQON_SHIELD_AUDIT_FILE: dataDir.auditFile('shield'),
    ARQON_SHIELD_DRAIN_TIMEOUT_MS: drain.timeoutMs,
    ARQON_SHIELD_DRAIN_RECONNECT_MIN_MS: drain.reconnectMinMs,
    ARQON_SHIELD_DRAIN_RECONNECT_MAX_MS: drain.reconnectMaxMs,
  };
}

/** The environment of a projector beside a local bus: its tenants' tokens and the embedded database are in the data folder. */
export function projectorEnvironment(parts: { readonly dataDir: DataDir; readonly busUrl: string | undefined }): Record<string, string> {
  const { dataDir, busUrl } = parts;
  return {
    ...(busUrl === undefined ? {} : { ARQON_PROJECTOR_BUS_URL: busUrl }),
    ARQON_PROJECTOR_BUS_CA_FILE: dataDir.caFile,
    ARQON_PROJECTOR_BUS_TOKEN_DIR: dataDir.projectorTokensFolder,
    ARQON_PROJECTOR_DATABASE_FOLDER: dataDir.projectorDatabaseFolder,
    ARQON_PROJECTOR_AUDIT_FILE: dataDir.auditFile('projector'),
    ARQON_PROJECTOR_DRAIN_TIMEOUT_MS: drain.timeoutMs,
  };
}

/** Logs begin at warnings unless the caller says otherwise. Node's own options are arqon's, not the servers'. */
function quiet(caller: Environment, levelName: string): Record<string, string | undefined> {
  return { [levelName]: 'warn', ...caller, NODE_OPTIONS: undefined, FORCE_COLOR: '0' };
}

function port(name: string, value: number | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: String(value) };
}
