import { parse } from 'yaml';

import type { Workspace } from '../workspace.js';

/** What a rule says of itself in its metadata. */
export interface RuleHead {
  readonly id: string;
  readonly severity: string;
  readonly category: string;
}

const RULE_FILE = /^policies\/[a-z0-9_]+\/[a-z0-9_]+\/rule\.rego$/;

/** The annotation above the package: comment lines from `# METADATA` on. */
function annotationOf(text: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.trim() === '# METADATA');
  if (start === -1) return '';
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('#'));
  return lines.slice(start + 1, end === -1 ? undefined : end).map((line) => line.slice(2)).join('\n');
}

/** Metadata of a rule by its id, `<category>.<rule>`; undefined when there is no such rule. @throws Error when its metadata is no YAML */
export function readRuleHead(workspace: Pick<Workspace, 'exists' | 'read'>, id: string): RuleHead | undefined {
  const path = `policies/${id.replace('.', '/')}/rule.rego`;
  if (!RULE_FILE.test(path) || !workspace.exists(path)) return undefined;
  const custom = (parse(annotationOf(workspace.read(path))) as { custom?: Partial<RuleHead> } | null)?.custom;
  return custom?.id === id ? { id, severity: custom.severity ?? '', category: custom.category ?? '' } : undefined;
}
