import type { Row, Rows, WorkspaceSource } from '../fact-source.js';
import { recordOf, textOf, textsOf } from '../supply-chain/json-lines.js';
import { mergeRows } from '../syntax-pass.js';
import type { Workspace } from '../workspace.js';
import { parseLinedYaml } from './lined-yaml.js';
import { WorkflowReader } from './workflow-facts.js';

const WORKFLOW_FILE = /^\.github\/workflows\/[^/]+\.ya?ml$|(^|\/)action\.ya?ml$/;
const RULESET_FILE = /^\.github\/rulesets\/[^/]+\.json$/;
const CODEOWNERS_FILE = /^(\.github\/|docs\/)?CODEOWNERS$/;

function readWorkflows(workspace: Workspace): Rows {
  const parts = workspace.files.filter(({ path }) => WORKFLOW_FILE.test(path)).map(({ path, project }) =>
    new WorkflowReader({ file: path, project, yaml: parseLinedYaml(path, workspace.read(path)) }).read());
  return mergeRows(parts);
}

/** Parameters of the rules of a ruleset, by kind of rule. */
function rulesOf(ruleset: Readonly<Record<string, unknown>>): Map<string, Readonly<Record<string, unknown>>> {
  return new Map((Array.isArray(ruleset.rules) ? ruleset.rules : []).map((rule) => [textOf(recordOf(rule).type), recordOf(recordOf(rule).parameters)]));
}

function readRulesets(workspace: Workspace): Rows {
  const rulesets: Row[] = [];
  const checks: Row[] = [];
  for (const { path, project } of workspace.files.filter((file) => RULESET_FILE.test(file.path))) {
    const value = recordOf(JSON.parse(workspace.read(path)));
    const rules = rulesOf(value);
    const reviews = rules.get('pull_request') ?? {};
    const status = rules.get('required_status_checks') ?? {};
    rulesets.push({
      file: path, line: 1, project, enforcement: textOf(value.enforcement), branches: textsOf(recordOf(recordOf(value.conditions).ref_name).include), kinds: [...rules.keys()].sort(),
      approvals: typeof reviews.required_approving_review_count === 'number' ? reviews.required_approving_review_count : 0,
      code_owner_review: reviews.require_code_owner_review === true, dismiss_stale: reviews.dismiss_stale_reviews_on_push === true,
      up_to_date: status.strict_required_status_checks_policy === true, bypass_actors: Array.isArray(value.bypass_actors) ? value.bypass_actors.length : 0,
    });
    for (const entry of Array.isArray(status.required_status_checks) ? status.required_status_checks : []) checks.push({ file: path, line: 1, project, check: textOf(recordOf(entry).context) });
  }
  return { rulesets, required_checks: checks };
}

/** What a pattern of CODEOWNERS names, as git's ignore patterns do. */
export function ownedPaths(pattern: string): RegExp {
  const anchored = pattern.startsWith('/') || pattern.slice(0, -1).includes('/');
  const body = pattern.replace(/^\//, '').replace(/\/$/, '/**');
  const source = body.split('**').map((part) => part.split('*').map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('[^/]*')).join('.*');
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${source}(?:/.*)?$`);
}

function readOwners(workspace: Workspace): Rows {
  const owners = workspace.files.filter(({ path }) => CODEOWNERS_FILE.test(path)).flatMap(({ path, project }) =>
    workspace.read(path).split('\n').flatMap((text, index): Row[] => {
      const [pattern = '', ...names] = text.replace(/#.*$/, '').trim().split(/\s+/);
      if (pattern === '') return [];
      const owned = ownedPaths(pattern);
      return [{ file: path, line: index + 1, project, pattern, owners: names, matches: workspace.files.filter((file) => owned.test(file.path)).length }];
    }));
  return { code_owners: owners };
}

/** Workflows and actions, the protection of branches, owners of paths. */
export const ciSource: WorkspaceSource = {
  name: 'ci',
  tables: {
    /** kind: workflow or action; has_permissions, permissions (`contents:read`, `*:write-all`): at the top; concurrency: its group; shell: default one. */
    workflows: ['name', 'kind', 'has_permissions', 'permissions', 'concurrency', 'shell'],
    /** filters: keys below the event, as paths or branches; types, branches, crons: their values. */
    workflow_triggers: ['event', 'filters', 'branches', 'types', 'crons'],
    /** check_names: as reported, one per combination of the matrix; timeout: minutes, 0 when none; condition, continue_on_error: as written, else empty; uses: a called workflow. */
    workflow_jobs: ['job', 'check_names', 'runs_on', 'timeout', 'has_permissions', 'permissions', 'needs', 'condition', 'continue_on_error', 'uses', 'inherits_secrets', 'environment', 'shell'],
    /** step: from 1; inputs: `key=value` of `with`; shell: the step's, the job's or the workflow's. */
    workflow_steps: ['job', 'step', 'name', 'uses', 'run', 'condition', 'continue_on_error', 'shell', 'inputs', 'working_directory'],
    /** What is fetched to run: kind: action (called workflows too), docker or local; action: owner and repository; comment: on its line. */
    workflow_uses: ['job', 'step', 'target', 'ref', 'kind', 'action', 'comment'],
    /** Commands of run texts. joined_by: what stands before: |, ||, &&, ; or &, empty for the first. */
    workflow_commands: ['job', 'step', 'words', 'joined_by'],
    /** place: run, script, if, env, with, …; contexts: dotted paths in it, lower case. */
    workflow_expressions: ['job', 'step', 'place', 'expression', 'contexts'],
    workflow_matrices: ['job', 'variable', 'values'],
    /** Branch protection in .github/rulesets. kinds: kinds of rules in it. */
    rulesets: ['enforcement', 'branches', 'kinds', 'approvals', 'code_owner_review', 'dismiss_stale', 'up_to_date', 'bypass_actors'],
    required_checks: ['check'],
    /** matches: files that the pattern names. */
    code_owners: ['pattern', 'owners', 'matches'],
  },
  read: (workspace) => ({ ...readWorkflows(workspace), ...readRulesets(workspace), ...readOwners(workspace) }),
};
