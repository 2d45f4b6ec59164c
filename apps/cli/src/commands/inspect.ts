import { warmUp } from '@arqonbus/casil';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { CliError, usageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import type { CommandHandler } from '../command-line/command-spec.js';
import { inspectLines } from '../inspect/inspect-lines.js';
import { inspectText } from '../inspect/inspect-text.js';
import { loadRuleset } from '../inspect/load-ruleset.js';

/** `arqon inspect`: tells what CASIL finds in a text or in lines of texts, and what would become of them. */
export const runInspectCommand: CommandHandler = async (line, context) => {
  const [file = '-'] = line.operands;
  const isLines = line.has('jsonl');
  const showsRedacted = line.has('redact');
  const showsTiming = line.has('timing');
  if (showsTiming && !isLines && !context.output.isJson) throw usageError('--timing goes with --jsonl or --json');
  const config = line.value('config');
  const configFile = config === undefined ? undefined : resolve(context.workingFolder, config);
  const ruleset = loadRuleset({ configFile, findsPersonalData: line.has('pii') }, context.output);
  if (showsTiming) warmUp(ruleset);
  const input = await openInput(file, context);
  const options = { ruleset, showsRedacted, showsTiming };
  const { hasFindings, hasBadInput } = isLines ? await inspectLines(input, context.output, options) : await inspectText(input, context.output, { ...options, name: file });
  if (hasBadInput) return 'usage';
  return hasFindings ? 'failure' : 'ok';
};

/** The input as chunks, ended by a signal. Raises CliError (exit 2) for a file that cannot be read. */
async function openInput(file: string, { workingFolder, openStandardInput, interruption }: CommandContext): Promise<AsyncIterable<Uint8Array>> {
  const stream = file === '-' ? openStandardInput() : await openFile(file, workingFolder);
  return readChunks(addAbortSignal(interruption.signal, stream), file);
}

async function openFile(file: string, workingFolder: string): Promise<Readable> {
  try {
    const handle = await open(resolve(workingFolder, file), 'r');
    return handle.createReadStream();
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function* readChunks(stream: Readable, file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): CliError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new CliError('usage', 'INPUT_FILE', `${file === '-' ? 'standard input' : file} cannot be read (${code})`, { cause: error });
}
