import { writeFile } from 'node:fs/promises';
import { helpText, parseArguments, type BenchArguments } from './arguments.js';
import { formatMarkdown } from './report/format-markdown.js';
import { formatSvg } from './report/format-svg.js';
import { formatTable } from './report/format-table.js';
import { readMachineFacts } from './report/read-machine-facts.js';
import { runFanoutSuite } from './run-fanout-suite.js';

async function runBench(options: BenchArguments): Promise<void> {
  const report = await runFanoutSuite({ ...options, onProgress: (line) => process.stderr.write(`${line}\n`) });
  if (options.jsonFile !== undefined) await writeFile(options.jsonFile, `${JSON.stringify({ results: report.results }, undefined, 2)}\n`);
  if (options.markdownFile !== undefined) await writeFile(options.markdownFile, formatMarkdown(report, readMachineFacts()));
  if (options.svgFile !== undefined) await writeFile(options.svgFile, formatSvg(report.results));
  process.stdout.write(formatTable(report.results));
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
