import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { helpText, parseArguments, type BenchArguments } from './arguments.js';
import { mergeIntoPage } from './report/benchmark-page.js';
import { formatMarkdown } from './report/format-markdown.js';
import { formatMeasuredSection, formatMeasuredTable, type MeasuredReport } from './report/format-measured.js';
import { formatSvg } from './report/format-svg.js';
import { formatTable } from './report/format-table.js';
import { readMachineFacts } from './report/read-machine-facts.js';
import { runFanoutSuite } from './run-fanout-suite.js';
import type { MeasuredSuiteOptions, SuiteName } from './suite-cases.js';
import { runCasilSuite } from './suites/run-casil-suite.js';
import { runDurableSuite } from './suites/run-durable-suite.js';
import { runMemorySuite } from './suites/run-memory-suite.js';
import { runProjectorSuite } from './suites/run-projector-suite.js';
import { runReplaySuite } from './suites/run-replay-suite.js';
import { runResumeSuite } from './suites/run-resume-suite.js';

const measuredSuites: Readonly<Record<Exclude<SuiteName, 'fanout'>, (options: MeasuredSuiteOptions) => Promise<MeasuredReport>>> = {
  durable: runDurableSuite,
  replay: runReplaySuite,
  resume: runResumeSuite,
  memory: runMemorySuite,
  casil: runCasilSuite,
  projector: runProjectorSuite,
};

/** What a suite found, in each form it may be written in. */
interface Written {
  readonly results: readonly unknown[];
  readonly table: string;
  readonly markdown: string;
  readonly svg: string | undefined;
}

async function runSuite(options: BenchArguments): Promise<Written> {
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  if (options.suite === 'fanout') {
    const report = await runFanoutSuite({ ...options, onProgress });
    const { results } = report;
    return { results, table: formatTable(results), markdown: formatMarkdown(report, readMachineFacts()), svg: formatSvg(results) };
  }
  const report = await measuredSuites[options.suite]({ ...options, onProgress });
  return { results: report.results, table: formatMeasuredTable(report), markdown: formatMeasuredSection(report, readMachineFacts()), svg: undefined };
}

async function runBench(options: BenchArguments): Promise<void> {
  const { jsonFile, markdownFile, svgFile, suite } = options;
  const { results, table, markdown, svg } = await runSuite(options);
  if (jsonFile !== undefined) await writeFile(jsonFile, `${JSON.stringify({ results }, undefined, 2)}\n`);
  if (markdownFile !== undefined) {
    const page = existsSync(markdownFile) ? await readFile(markdownFile, 'utf8') : undefined;
    await writeFile(markdownFile, mergeIntoPage(page, suite, markdown));
  }
  if (svgFile !== undefined && svg !== undefined) await writeFile(svgFile, svg);
  process.stdout.write(table);
}

const parsed = parseArguments(process.argv.slice(2));
if (parsed.kind === 'help') {
  process.stdout.write(helpText);
} else if (parsed.kind === 'wrong') {
  process.stderr.write(`${parsed.reason}\n\n${helpText}`);
  process.exitCode = 2;
} else {
  try {
    await runBench(parsed.options);
  } catch (error) {
    process.stderr.write(`The bench failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
