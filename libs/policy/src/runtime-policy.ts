import { checkDigest, PolicyBundleError, readManifest, type PolicyBundle, type RuntimeManifest } from './bundle.js';
import { entrypointOf } from './contract.js';
import { deny, readDecision, type PolicyDecision } from './decision.js';
import { encodeInput, type InputBounds } from './encode-input.js';
import { compileOpaModule, pageBytes, type OpaInstance, type OpaModule } from './opa-instance.js';

/** The decisions of the contract: a bundle without one of them is refused. */
export const decisionNames = ['command', 'connection'] as const;
export type DecisionName = (typeof decisionNames)[number];

/** Bounds of memory, input and module; each has a default. */
export interface PolicyLimits {
  readonly initialMemoryBytes?: number;
  /** Also what ends an evaluation that does not end, for memory is not collected within one. */
  readonly maximumMemoryBytes?: number;
  readonly maxInputBytes?: number;
  readonly maxInputDepth?: number;
  readonly maxModuleBytes?: number;
}

export interface RuntimePolicyOptions extends PolicyBundle {
  readonly limits?: PolicyLimits;
}

/** Whether a bundle was taken. */
export type ReplaceOutcome = { readonly ok: true; readonly policyVersion: string } | { readonly ok: false; readonly reason: string };

/**
 * Decides about connections and commands, synchronously and without reading anything but its arguments. Fails closed: whatever is not a
 * complete positive decision of the loaded policy is a denial.
 */
export interface RuntimePolicy {
  readonly policyVersion: string;
  /** SHA-256 of the loaded module, for health and logs. */
  readonly digest: string;
  /** Never throws. */
  readonly decide: (name: DecisionName, input: unknown) => PolicyDecision;
  /** Takes another bundle after the checks of loading; one that fails them changes nothing. Never throws. */
  readonly replace: (bundle: PolicyBundle) => ReplaceOutcome;
}

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

interface Bounds {
  readonly initialPages: number;
  readonly maximumPages: number;
  readonly maxModuleBytes: number;
  readonly input: InputBounds;
}

function readBounds(limits: PolicyLimits = {}): Bounds {
  const { initialMemoryBytes = mebibyte, maximumMemoryBytes = 16 * mebibyte, maxInputBytes = 16 * kibibyte, maxInputDepth = 8, maxModuleBytes = mebibyte } = limits;
  const all = [initialMemoryBytes, maximumMemoryBytes, maxInputBytes, maxInputDepth, maxModuleBytes];
  if (!all.every((bound) => Number.isSafeInteger(bound) && bound > 0) || initialMemoryBytes > maximumMemoryBytes) throw new PolicyBundleError('limits must be whole, positive and in order');
  return {
    initialPages: Math.ceil(initialMemoryBytes / pageBytes), maximumPages: Math.ceil(maximumMemoryBytes / pageBytes), maxModuleBytes,
    input: { maxBytes: maxInputBytes, maxDepth: maxInputDepth },
  };
}

/** One bundle in use. */
class LoadedBundle {
  #instance: OpaInstance | undefined;

  constructor(
    readonly manifest: RuntimeManifest,
    private readonly module: OpaModule,
    private readonly bounds: InputBounds,
  ) {}

  decide(name: string, input: unknown): PolicyDecision {
    const { policyVersion } = this.manifest;
    if (!decisionNames.some((known) => known === name)) return deny('decision_unknown', policyVersion);
    const bytes = encodeInput(input, this.bounds);
    if (typeof bytes === 'string') return deny(bytes, policyVersion);
    try {
      this.#instance ??= this.module.instantiate();
      return readDecision(this.#instance.evaluate(bytes, entrypointOf(name)), policyVersion);
    } catch {
      // What was thrown may be a string, an object or an error, and quotes the input: only that it happened is told.
      this.#instance = undefined;
      return deny('policy_failed', policyVersion);
    }
  }
}

function encodeData(data: unknown): Uint8Array {
  let text: string | undefined;
  try {
    text = JSON.stringify(data);
  } catch (error) {
    throw new PolicyBundleError('the data cannot be written as JSON', { cause: error });
  }
  if (typeof text !== 'string' || !text.startsWith('{')) throw new PolicyBundleError('the data is no object');
  return new TextEncoder().encode(text);
}

/** Known inputs, judged as the bundle will be used: what must be allowed and denied with their own data, and nothing known with ours. */
function checkCanaries(manifest: RuntimeManifest, withData: (data: unknown) => LoadedBundle, own: LoadedBundle): void {
  for (const name of decisionNames) {
    const canaries = manifest.canaries.get(name);
    if (canaries === undefined) throw new PolicyBundleError(`there is no canary of ${name}`);
    const bundle = withData(canaries.data);
    canaries.allow.forEach((input, index) => {
      const { allow, reasons } = bundle.decide(name, input);
      if (!allow) throw new PolicyBundleError(`${name} denies what it must allow (allow[${index}]: ${reasons.join(', ')})`);
    });
    canaries.deny.forEach((input, index) => {
      if (bundle.decide(name, input).allow) throw new PolicyBundleError(`${name} allows what it must deny (deny[${index}])`);
    });
    if (bundle.decide(name, {}).allow || own.decide(name, {}).allow) throw new PolicyBundleError(`${name} allows what it knows nothing of`);
  }
}

function load(bundle: PolicyBundle, bounds: Bounds): LoadedBundle {
  const manifest = readManifest(bundle.manifest);
  if (bundle.wasm.length > bounds.maxModuleBytes) throw new PolicyBundleError(`the module has more than ${bounds.maxModuleBytes} bytes`);
  checkDigest(bundle.wasm, manifest);
  const prepare = compileOpaModule(bundle.wasm, bounds);
  const withData = (data: unknown): LoadedBundle => new LoadedBundle(manifest, prepare(encodeData(data)), bounds.input);
  const module = prepare(encodeData(bundle.data));
  const missing = decisionNames.filter((name) => !module.entrypoints.includes(entrypointOf(name)));
  if (missing.length > 0) throw new PolicyBundleError(`the module has no decision ${missing.join(', ')}`);
  const loaded = new LoadedBundle(manifest, module, bounds.input);
  checkCanaries(manifest, withData, loaded);
  return loaded;
}

function asBundleError(thrown: unknown): PolicyBundleError {
  if (thrown instanceof PolicyBundleError) return thrown;
  return new PolicyBundleError(thrown instanceof Error ? thrown.message : 'the module cannot be used', { cause: thrown });
}

function tryLoad(bundle: PolicyBundle, bounds: Bounds): LoadedBundle {
  try {
    return load(bundle, bounds);
  } catch (thrown) {
    throw asBundleError(thrown);
  }
}

/**
 * Loads the runtime policies from bytes, after checking digest, contract, interface, builtins, size and canaries.
 *
 * @throws PolicyBundleError when any check fails: there is no policy to decide by then, and the caller must not serve
 */
export function loadRuntimePolicy({ limits, ...bundle }: RuntimePolicyOptions): RuntimePolicy {
  const bounds = readBounds(limits);
  let current = tryLoad(bundle, bounds);
  return {
    get policyVersion() {
      return current.manifest.policyVersion;
    },
    get digest() {
      return current.manifest.wasm.sha256;
    },
    decide: (name, input) => current.decide(name, input),
    replace: (next) => {
      try {
        current = tryLoad(next, bounds);
        return { ok: true, policyVersion: current.manifest.policyVersion };
      } catch (error) {
        return { ok: false, reason: error instanceof Error ? error.message : 'the bundle cannot be used' };
      }
    },
  };
}
