import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Keeping } from '@arqonbus/policy-inputs';

import { chooseEngine } from './choose-engine.js';
import { UsageError, helpText, parseCommandLine, type CommandLine, type Format } from './command-line.js';
import { explainRule, findRule, listRules } from './explain.js';
import { denials, warnings, type Report } from './finding.js';
import { renderGithub } from './output/render-github.js';
import { renderJson } from './output/render-json.js';
import { renderJunit } from './output/render-junit.js';
import { renderSarif } from './output/render-sarif.js';
import { renderHeader, renderText } from './output/render-text.js';
import { writeVerdicts } from './project-verdicts.js';
import { readRegisteredRules } from './rules/read-rules.js';
import type { RuleEntry } from './rules/rule-entry.js';
import { runCheck } from './run-check.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const POLICIES = join(ROOT, 'policies');
const EXIT = { ok: 0, denied: 1, usage: 2, notJudged: 3 } as const;

const RENDERERS: Readonly<Record<Format, (report: Report, rules: readonly RuleEntry[]) => string>> = {
  text: (report) => renderText(report),
  json: renderJson,
  junit: renderJunit,
  sarif: renderSarif,
  github: renderGithub,
};

/** @throws UsageError for a project or rule that there is none of: a slip must not look like a clean result */
function select(report: Report, { projects, rules }: CommandLine, known: readonly RuleEntry[]): Report {
  const unknown = projects.filter((name) => name !== 'workspace' && !report.projects.includes(name));
  if (unknown.length > 0) throw new UsageError(`There is no project ${unknown.join(', ')}. Projects: ${report.projects.join(', ')}`);
  const ids = rules.map((name) => findRule(known, name).id);
  const findings = report.findings.filter(({ project, rule }) => (projects.length === 0 || projects.includes(project)) && (ids.length === 0 || ids.includes(rule)));
  return { ...report, findings };
}

function write(line: CommandLine, text: string): void {
  const content = `${text}\n`;
  if (line.output === undefined) process.stdout.write(content);
  else writeFileSync(line.output, content);
}

async function check(line: CommandLine, keeping: Keeping): Promise<number> {
  // A slip is told at once, not after the judgement.
  for (const name of line.rules) findRule(readRegisteredRules(POLICIES, keeping), name);
  const { report, rules } = await runCheck({
    root: ROOT,
    keeping,
    kind: line.command === 'coverage' ? 'coverage' : 'repository',
    createEngine: (wanted) => chooseEngine({ root: ROOT, name: line.engine, rules: wanted }),
    ...(line.base === undefined ? {} : { base: line.base }),
    ...(line.labels === undefined ? {} : { labels: line.labels }),
  });
  if (line.command === 'evaluate') {
    writeVerdicts(join(ROOT, '.cache/policy/report'), report);
    process.stdout.write(`${renderHeader(report)} (${(report.durationMs / 1000).toFixed(1)} s)\n`);
    return EXIT.ok;
  }
  const selected = select(report, line, rules);
  write(line, RENDERERS[line.format](selected, rules));
  if (line.output !== undefined) process.stdout.write(`${renderText({ ...selected, findings: [] }).split('\n')[0] ?? ''}\n`);
  const isFailed = denials(selected.findings).length > 0 || (line.failOnWarn && warnings(selected.findings).length > 0);
  return isFailed ? EXIT.denied : EXIT.ok;
}

async function run(line: CommandLine, keeping: Keeping): Promise<number> {
  if (line.help) {
    process.stdout.write(`${helpText}\n`);
    return EXIT.ok;
  }
  if (line.list || line.explain !== undefined) {
    const rules = readRegisteredRules(POLICIES, keeping);
    write(line, line.explain === undefined ? listRules(rules) : explainRule(POLICIES, findRule(rules, line.explain)));
    return EXIT.ok;
  }
  return check(line, keeping);
}

/**
 * Runs the command and sets the exit code of the process.
 *
 * @param codeDigest of everything that this command is made of
 * @returns whether it judged
 */
export async function main(args: readonly string[], codeDigest: string): Promise<boolean> {
  try {
    const line = parseCommandLine(args, process.env);
    process.exitCode = await run(line, { folder: join(ROOT, '.cache/policy'), codeDigest });
    return !line.help && !line.list && line.explain === undefined;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\nSee npm run policy -- --help\n`);
      process.exitCode = EXIT.usage;
    } else {
      process.stderr.write(`No verdict: ${error instanceof Error ? error.message : String(error)}\nWhat cannot be judged does not pass.\n`);
      process.exitCode = EXIT.notJudged;
    }
    return false;
  }
}
