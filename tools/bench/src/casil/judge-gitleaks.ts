import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureGitleaks } from '@arqonbus/services';
import type { Case } from './corpus/case.js';
import type { Verdict } from './judgement.js';

const execute = promisify(execFile);
const scanTimeoutMs = 600_000;

interface GitleaksFinding {
  readonly RuleID: string;
  readonly Secret: string;
  readonly File: string;
}

/** gitleaks with its own rules over the same texts, one file each; undefined where it cannot be had. */
export async function inspectWithGitleaks(cases: readonly Case[], onProgress: (line: string) => void): Promise<readonly Verdict[] | undefined> {
  const executable = await ensureGitleaks({ onProgress });
  if (executable === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'judge-'));
  try {
    const texts = join(folder, 'texts');
    await mkdir(texts);
    await Promise.all(cases.map(({ text }, i) => writeFile(join(texts, `${String(i)}.txt`), text)));
    const report = join(folder, 'report.json');
    await execute(executable, ['dir', texts, '--no-banner', '--log-level', 'error', '--exit-code', '0', '--report-format', 'json', '--report-path', report], { timeout: scanTimeoutMs });
    const findings = JSON.parse(await readFile(report, 'utf8')) as readonly GitleaksFinding[];
    const byCase = groupByCase(findings);
    return cases.map((item, i) => ({ item, findings: (byCase.get(i) ?? []).map((finding) => ({ detector: finding.RuleID, ...placeOf(finding, item) })) }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function groupByCase(findings: readonly GitleaksFinding[]): Map<number, GitleaksFinding[]> {
  const byCase = new Map<number, GitleaksFinding[]>();
  for (const finding of findings) {
    const index = Number.parseInt(basename(finding.File), 10);
    byCase.set(index, [...(byCase.get(index) ?? []), finding]);
  }
  return byCase;
}

/** Where the finding stands. What it decoded first is nowhere in the text: taken as found, in its favour. */
function placeOf({ Secret }: GitleaksFinding, { text }: Case): { start: number; end: number } {
  const at = text.indexOf(Secret);
  if (at < 0) return { start: 0, end: Number.MAX_SAFE_INTEGER };
  const start = new TextEncoder().encode(text.slice(0, at)).length;
  return { start, end: start + new TextEncoder().encode(Secret).length };
}
