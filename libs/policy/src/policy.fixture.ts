import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { CommandInput, ConnectionInput } from './contract.js';
import { committedBundleFolder } from './read-runtime-bundle.js';
import { loadRuntimePolicy, type PolicyLimits, type RuntimePolicy } from './runtime-policy.js';

export const wasm: Uint8Array = readFileSync(join(committedBundleFolder, 'runtime.wasm'));

interface Cases<Input> {
  readonly data: object;
  readonly allow: readonly Input[];
  readonly deny: readonly unknown[];
}

/** The committed manifest as far as tests change it. */
export interface ManifestText {
  format: number;
  wasm: { sha256: string; bytes: number };
  runtime: { contract: number; policyVersion: string; canaries: Record<string, { data: unknown; allow: unknown[]; deny: unknown[] }> };
}

export function readCommittedManifest(): ManifestText {
  return JSON.parse(readFileSync(join(committedBundleFolder, 'runtime.json'), 'utf8')) as ManifestText;
}

export function readConnectionCases(): Cases<ConnectionInput> {
  return JSON.parse(readFileSync(join(committedBundleFolder, 'connection/cases.json'), 'utf8')) as Cases<ConnectionInput>;
}

export function readCommandCases(): Cases<CommandInput> {
  return JSON.parse(readFileSync(join(committedBundleFolder, 'command/cases.json'), 'utf8')) as Cases<CommandInput>;
}

/** The committed policies with the settings of the connection cases. */
export function loadCommitted(limits?: PolicyLimits): RuntimePolicy {
  return loadRuntimePolicy({ wasm, manifest: readCommittedManifest(), data: readConnectionCases().data, ...(limits === undefined ? {} : { limits }) });
}
