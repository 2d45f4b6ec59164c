import { allDetectorIds, detectorsFor, entropyBombId } from './all-detectors.js';
import { defaultCasilConfig, type CasilConfig, type PatternConfig, type RiskLevel } from './casil-config.js';
import { createDescriptorRegistry } from './content/descriptor-registry.js';
import { compileFieldPaths } from './content/field-path.js';
import { createLayerVisitor } from './classify-message.js';
import { compilePolicy } from './compile-policy.js';
import type { Category } from './detectors/detector.js';
import { compilePattern } from './pattern/compile-pattern.js';
import { createFinder } from './pattern/find-all.js';
import { PatternError } from './pattern/pattern-error.js';
import type { CompiledFinder, Ruleset } from './ruleset.js';
import { Scanner } from './scan/scanner.js';
import { Workspace } from './scan/workspace.js';
import { compileTopicGlobs, faultOfTopicGlob } from './topic-globs.js';

/** One thing that is wrong with a configuration. */
export interface RulesetProblem {
  /** Where: `policies[2].rooms`, `patterns[0].pattern`. */
  readonly key: string;
  /** A sentence for people. */
  readonly message: string;
}

/** Raised by `compileRuleset` with everything that is wrong, not the first fault alone. */
export class RulesetError extends Error {
  constructor(readonly problems: readonly RulesetProblem[]) {
    super(problems.map(({ key, message }) => `${key}: ${message}`).join('; '));
    this.name = 'RulesetError';
  }
}

/** What a ruleset needs beside the configuration. */
export interface RulesetParts {
  /** Contents of binary FileDescriptorSets: Protobuf messages of these types are read by field. */
  readonly descriptorSets?: readonly Uint8Array[];
  /** Told of each inspection that failed, a fault of the program; default: nobody. */
  readonly onFailure?: (error: unknown) => void;
}

/** Compiles a configuration; what it leaves out has its default. Raises RulesetError with every fault in it (E12, A20). */
export function compileRuleset(given: Partial<CasilConfig> = {}, parts: RulesetParts = {}): Ruleset {
  const config: CasilConfig = { ...defaultCasilConfig, ...given };
  const problems: RulesetProblem[] = [];
  const finders = compileFinders(config, problems);
  checkGlobs('scope.include', config.scope.include, problems);
  checkGlobs('scope.exclude', config.scope.exclude, problems);
  checkGlobs('never_log_payload_for', config.neverLogPayloadFor, problems);
  checkPolicies(config, problems);
  const known = allDetectorIds();
  for (const id of config.detectors.disabled) if (!known.has(id)) problems.push({ key: 'detectors.disabled', message: `${id} is no detector` });
  const fieldPaths = attempt('redaction.fields', problems, () => (config.redaction.fields.length === 0 ? undefined : compileFieldPaths(config.redaction.fields)));
  const descriptors = attempt('descriptor_sets', problems, () => createDescriptorRegistry(parts.descriptorSets ?? []));
  if (problems.length > 0 || descriptors === undefined) throw new RulesetError(problems);
  const policies = config.policies.map(compilePolicy);
  const risks = new Map(config.patterns.flatMap(({ name, riskLevel }) => (riskLevel === undefined ? [] : [[name, riskLevel] as const])));
  const ruleset: Ruleset = {
    config, finders, policies, fieldPaths, descriptors, workspace: new Workspace(config.detectors.disabled), onFailure: parts.onFailure ?? ((): void => undefined),
    scanner: new Scanner(detectorsFor(config.detectors)),
    hasGeneralPolicies: policies.some(({ needsFinding }) => !needsFinding),
    riskOf: (detector, category, confidence) => risks.get(detector) ?? (category === 'secret' && confidence === 'probable' ? 'medium' : riskOfCategory[category]),
    looksForHiddenText: config.detectors.promptInjection && !config.detectors.disabled.includes('prompt-injection'),
    looksForEntropyBombs: config.detectors.entropyBomb && !config.detectors.disabled.includes(entropyBombId),
    scope: { include: compileTopicGlobs(config.scope.include), exclude: compileTopicGlobs(config.scope.exclude) },
    neverLogPayloadFor: compileTopicGlobs(config.neverLogPayloadFor),
  };
  ruleset.workspace.visitLayer = createLayerVisitor(ruleset);
  return ruleset;
}

const riskOfCategory: Readonly<Record<Category, RiskLevel>> = {
  secret: 'high', key_material: 'critical', personal_data: 'medium', prompt_injection: 'low', entropy_bomb: 'low', pattern: 'medium',
};

function compileFinders(config: CasilConfig, problems: RulesetProblem[]): CompiledFinder[] {
  const { patterns, limits } = config;
  if (patterns.length > limits.maxPatterns) problems.push({ key: 'patterns', message: `${String(patterns.length)} patterns are more than limits.max_patterns, ${String(limits.maxPatterns)}` });
  checkNames('patterns', patterns, problems);
  return patterns.flatMap((pattern, index) => compileFinder(pattern, index, problems));
}

function compileFinder({ name, pattern, ignoreCase = false, category = 'pattern' }: PatternConfig, index: number, problems: RulesetProblem[]): CompiledFinder[] {
  try {
    return [{ name, category, finder: createFinder(compilePattern(pattern, { ignoreCase })) }];
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    problems.push({ key: `patterns[${String(index)}].pattern`, message: `${name}: ${error.reason}` });
    return [];
  }
}

function checkPolicies({ policies, limits }: CasilConfig, problems: RulesetProblem[]): void {
  if (policies.length > limits.maxPolicies) problems.push({ key: 'policies', message: `${String(policies.length)} policies are more than limits.max_policies, ${String(limits.maxPolicies)}` });
  checkNames('policies', policies, problems);
  for (const [index, { rooms = [] }] of policies.entries()) checkGlobs(`policies[${String(index)}].rooms`, rooms, problems);
}

function checkNames(key: string, items: readonly { readonly name: string }[], problems: RulesetProblem[]): void {
  const seen = new Set<string>();
  for (const [index, { name }] of items.entries()) {
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) problems.push({ key: `${key}[${String(index)}].name`, message: `${JSON.stringify(name)} is no name of letters, digits, dots, dashes and underscores` });
    if (seen.has(name)) problems.push({ key: `${key}[${String(index)}].name`, message: `${name} is there twice` });
    seen.add(name);
  }
}

function checkGlobs(key: string, globs: readonly string[], problems: RulesetProblem[]): void {
  for (const glob of globs) {
    const fault = faultOfTopicGlob(glob);
    if (fault !== undefined) problems.push({ key, message: `${JSON.stringify(glob)} ${fault}` });
  }
}

function attempt<T>(key: string, problems: RulesetProblem[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    problems.push({ key, message: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}
