import { createHash } from 'node:crypto';

import { contractVersion } from './contract.js';

/** Content of a manifest that this package understands. */
const manifestFormat = 1;

/** Inputs of one decision that must be allowed and denied before a bundle is used, with the data to judge them by. */
export interface CanarySet {
  readonly data: unknown;
  readonly allow: readonly unknown[];
  readonly deny: readonly unknown[];
}

/** What a bundle says of itself, as `npm run policy:build` wrote it. */
export interface RuntimeManifest {
  readonly wasm: { readonly sha256: string; readonly bytes: number };
  readonly policyVersion: string;
  /** By the decision's name. */
  readonly canaries: ReadonlyMap<string, CanarySet>;
}

/** A module, what is known of it, and the settings to judge by. The bytes come from the caller, who knows whether to trust them. */
export interface PolicyBundle {
  readonly wasm: Uint8Array;
  /** Content of `runtime.json`, as text or parsed. */
  readonly manifest: unknown;
  /** `data` of the policies; such as `{ runtime: { connection: ConnectionSettings } }`. */
  readonly data: unknown;
}

/** A bundle that must not be used; the message says why. */
export class PolicyBundleError extends Error {
  override readonly name = 'PolicyBundleError';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readCanaries(value: unknown): Map<string, CanarySet> {
  if (!isObject(value)) throw new PolicyBundleError('the manifest has no canaries');
  return new Map(Object.entries(value).map(([name, set]) => {
    if (!isObject(set) || !isObject(set.data) || !Array.isArray(set.allow) || !Array.isArray(set.deny) || set.allow.length === 0 || set.deny.length === 0) {
      throw new PolicyBundleError(`the canaries of ${name} must have data, inputs to allow and inputs to deny`);
    }
    return [name, { data: set.data, allow: set.allow, deny: set.deny }];
  }));
}

function parseText(manifest: unknown): unknown {
  if (typeof manifest !== 'string') return manifest;
  try {
    return JSON.parse(manifest);
  } catch (error) {
    throw new PolicyBundleError('the manifest is no JSON', { cause: error });
  }
}

/** @throws PolicyBundleError when it is of another shape or of another version of the contract */
export function readManifest(manifest: unknown): RuntimeManifest {
  const parsed = parseText(manifest);
  if (!isObject(parsed) || parsed.format !== manifestFormat || !isObject(parsed.wasm) || !isObject(parsed.runtime)) {
    throw new PolicyBundleError(`the manifest is not of format ${manifestFormat} with a runtime section`);
  }
  const { wasm: { sha256, bytes }, runtime: { contract, policyVersion, canaries } } = parsed;
  if (contract !== contractVersion) throw new PolicyBundleError(`the bundle speaks version ${String(contract)} of the contract, not ${contractVersion}`);
  if (typeof sha256 !== 'string' || typeof bytes !== 'number') throw new PolicyBundleError('the manifest does not say what the module is');
  if (typeof policyVersion !== 'string' || policyVersion === '') throw new PolicyBundleError('the manifest names no policy version');
  return { wasm: { sha256, bytes }, policyVersion, canaries: readCanaries(canaries) };
}

/** @throws PolicyBundleError when the bytes are not those that the manifest describes */
export function checkDigest(wasm: Uint8Array, manifest: RuntimeManifest): void {
  const sha256 = createHash('sha256').update(wasm).digest('hex');
  if (wasm.length !== manifest.wasm.bytes || sha256 !== manifest.wasm.sha256) throw new PolicyBundleError('the module is not the one that the manifest describes');
}
