import type { PolicyConfig } from './casil-config.js';
import { compileTopicGlobs, type TopicGlobs } from './topic-globs.js';

/** A policy ready to be asked. */
export interface CompiledPolicy {
  readonly config: PolicyConfig;
  readonly rooms: TopicGlobs;
  /** Whether it needs something found; the others are asked for each message. */
  readonly needsFinding: boolean;
}

export function compilePolicy(config: PolicyConfig): CompiledPolicy {
  const needsFinding = config.detectors !== undefined || config.categories !== undefined || config.riskLevels !== undefined;
  return { config, rooms: compileTopicGlobs(config.rooms ?? []), needsFinding };
}
