/**
 * The contract between a host and the runtime policies (B25). Its version is raised when an input, a decision or the name of an entry
 * point changes its meaning; a bundle of another version is refused.
 *
 * - An input is one JSON object, small by design: facts about one attempt, never a message. Shapes: {@link ConnectionInput},
 *   {@link CommandInput}.
 * - A decision is one JSON object with exactly `allow`, `reasons` and `policy_version`. It allows when `allow` is true, `reasons` is
 *   empty and `policy_version` is the bundle's. `reasons` names what is required and was not met.
 * - The module speaks OPA's binary interface 1.2 or later of version 1: it imports its memory and OPA's host functions alone, exports
 *   what {@link requiredExports} lists, and leaves no builtin to the host.
 * - The entry point of the decision `<name>` is `arqonbus/runtime/<name>/decision`.
 */
export const contractVersion = 1;

/** OPA's binary interface: the version, and the least minor version. */
export const opaAbi = { version: 1, minorVersion: 2 } as const;

/** What a module must export. */
export const requiredExports: readonly string[] = [
  'memory', 'opa_eval', 'opa_malloc', 'opa_json_parse', 'opa_json_dump', 'opa_heap_ptr_get', 'opa_heap_ptr_set', 'eval', 'builtins', 'entrypoints',
  'opa_wasm_abi_version', 'opa_wasm_abi_minor_version',
];

/** What a module may import; with anything else it could reach out of its memory. */
export const allowedImports: readonly string[] = [
  'env.memory', 'env.opa_abort', 'env.opa_println', 'env.opa_builtin0', 'env.opa_builtin1', 'env.opa_builtin2', 'env.opa_builtin3', 'env.opa_builtin4',
];

/** Path of the entry point of a decision. */
export function entrypointOf(decision: string): string {
  return `arqonbus/runtime/${decision}/decision`;
}

/** Input of the decision `connection`: whether an attempt with a verified token may become a session. */
export interface ConnectionInput {
  /** As Node names it: `TLSv1.3`. */
  readonly tls_version: string;
  /** The header's value; empty when there is none, as from peers that are no browsers. */
  readonly origin: string;
  readonly now_ms: number;
  readonly token: {
    readonly tenant_id: string;
    readonly subject: string;
    readonly roles: readonly string[];
    /** `iat`; 0 when the token does not say. */
    readonly issued_at_ms: number;
    readonly expires_at_ms: number;
  };
  /** Connections open now, this one not counted. */
  readonly open: { readonly tenant: number; readonly address: number };
}

/** Data of the decision `connection`, under `runtime.connection`. */
export interface ConnectionSettings {
  /** Origins that may connect. */
  readonly origins: readonly string[];
  /** Tolerance between clocks. */
  readonly skew_ms: number;
  /** Most time from now to a token's end. */
  readonly max_token_life_ms: number;
  readonly max_token_age_ms: number;
  readonly per_tenant: number;
  readonly per_address: number;
}

/** Input of the decision `command`: whether a session may do one thing. */
export interface CommandInput {
  /** A command's name in the protocol, such as `history_get`, or `publish`. */
  readonly action: string;
  readonly token: {
    readonly tenant_id: string;
    readonly subject: string;
    readonly roles: readonly string[];
    readonly capabilities: readonly string[];
  };
  /** What it is about; empty strings where the action has no room, channel or recipient. */
  readonly target: { readonly tenant_id: string; readonly room: string; readonly channel: string; readonly recipient: string };
  /** What the host found out about this very target. */
  readonly proven: {
    /** The token's patterns cover publishing to it. */
    readonly publish: boolean;
    /** The token's patterns cover reading it. */
    readonly subscribe: boolean;
    /** The token offered is of the same issuer, client and tenant as the session's. */
    readonly identity: boolean;
    /** The session works in the task's group. */
    readonly membership: boolean;
  };
}
