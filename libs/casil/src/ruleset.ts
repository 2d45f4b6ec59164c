import type { CasilConfig, RiskLevel } from './casil-config.js';
import type { CompiledPolicy } from './compile-policy.js';
import type { DescriptorRegistry } from './content/descriptor-registry.js';
import type { FieldPaths } from './content/field-path.js';
import type { Category, Confidence } from './detectors/detector.js';
import type { PatternFinder } from './pattern/find-all.js';
import type { Scanner } from './scan/scanner.js';
import type { Workspace } from './scan/workspace.js';
import type { TopicGlobs } from './topic-globs.js';

/** A pattern of the configuration, ready to run. */
export interface CompiledFinder {
  readonly name: string;
  readonly category: Category;
  readonly finder: PatternFinder;
}

/** What is compiled once from a configuration and used for every message. Holds pooled working memory: one per thread. */
export interface Ruleset {
  readonly config: CasilConfig;
  readonly scanner: Scanner;
  readonly finders: readonly CompiledFinder[];
  readonly policies: readonly CompiledPolicy[];
  /** Whether a policy asks for nothing found, so that clean messages meet the policies too. */
  readonly hasGeneralPolicies: boolean;
  readonly riskOf: (detector: string, category: Category, confidence: Confidence) => RiskLevel;
  readonly fieldPaths: FieldPaths | undefined;
  readonly descriptors: DescriptorRegistry;
  readonly looksForEntropyBombs: boolean;
  /** Characters that people do not see, part of the detector of prompt injection. */
  readonly looksForHiddenText: boolean;
  readonly scope: { readonly include: TopicGlobs; readonly exclude: TopicGlobs };
  readonly neverLogPayloadFor: TopicGlobs;
  readonly workspace: Workspace;
  /** Told of each inspection that failed. */
  readonly onFailure: (error: unknown) => void;
}

/** Whether messages of a topic are inspected (E19). Callers keep the answer per topic. */
export function isInScope({ config, scope }: Ruleset, room: string, channel: string, inbox?: string): boolean {
  if (!config.enabled || scope.exclude.covers(room, channel, inbox)) return false;
  return scope.include.isEmpty || scope.include.covers(room, channel, inbox);
}

