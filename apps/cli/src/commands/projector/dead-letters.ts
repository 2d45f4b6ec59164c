import { fromBinary } from '@bufbuild/protobuf';
import { isUuid } from '@arqonbus/continuum';
import { DeadLetterSummarySchema, EpisodeEventSchema, type DeadLetterSummary, type ShowDeadLetterResponse } from '@arqonbus/proto';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliError, usageError } from '../../cli-error.js';
import type { CommandHandler } from '../../command-line/command-spec.js';
import { visible } from '../../output/message-lines.js';
import { messageObject, timeText } from './message-json.js';
import { operations } from './operations.js';
import { withProjector, type Projector } from './with-projector.js';

const defaultLimit = 50;
const maxLimit = 1_000_000;
/** Dead letters of one answer, and ids of one call. */
const pageSize = 500;
/** Bytes of a payload that does not decode which are shown. */
const shownBytes = 1_024;

/** `arqon projector dlq list`: dead letters, oldest first. */
export const runListCommand: CommandHandler = async (line, context) => {
  const limit = line.integer('limit', { min: 1, max: maxLimit }) ?? defaultLimit;
  const { output } = context;
  let after = line.value('after') ?? '';
  if (after !== '') checkId(after, '--after');
  await withProjector(line, context, async (projector) => {
    let left = limit;
    do {
      const page = await projector.call(operations.listDeadLetters, { limit: Math.min(left, pageSize), after, withReplayed: line.has('all') });
      for (const deadLetter of page.deadLetters) await output.result(listLine(deadLetter), messageObject(DeadLetterSummarySchema, deadLetter));
      left -= page.deadLetters.length;
      after = page.nextAfter;
    } while (after !== '' && left > 0);
    if (after !== '') output.note(`there are more; go on with --after ${after}`, { event: 'more', after });
  });
};

/** `arqon projector dlq show`: one dead letter with what was in it. */
export const runShowCommand: CommandHandler = async (line, context) => {
  const [deadLetterId = ''] = line.operands;
  checkId(deadLetterId, 'ID');
  const raw = line.value('raw');
  const { output, workingFolder } = context;
  await withProjector(line, context, async (projector) => {
    const shown = await projector.call(operations.showDeadLetter, { deadLetterId });
    const { originalPayload } = shown;
    const wholeBytes = shown.summary?.originalBytes ?? originalPayload.length;
    if (originalPayload.length < wholeBytes) output.note(`the payload has ${String(wholeBytes)} bytes; these are the first ${String(originalPayload.length)}`, { event: 'cut', bytes: originalPayload.length, wholeBytes });
    if (raw === '-') await output.writeBytes(originalPayload);
    else if (raw === undefined) await output.result(showText(shown), { ...summaryObject(shown), ...payloadObject(originalPayload) });
    else {
      await writeRaw(resolve(workingFolder, raw), originalPayload);
      await output.result(`${String(originalPayload.length)} bytes written to ${raw}`, { ...summaryObject(shown), file: raw, bytes: originalPayload.length });
    }
  });
};

/** `arqon projector dlq replay`: projects dead letters again; those that are refused again stay. */
export const runReplayCommand: CommandHandler = async (line, context) => {
  const ids = [...new Set(line.operands.map((id) => id.toLowerCase()))];
  if (line.has('all') === ids.length > 0) throw usageError(ids.length > 0 ? '--all goes with no ID' : 'projector dlq replay needs an ID, or --all', '`arqon projector dlq list` lists the open ones.');
  for (const id of ids) checkId(id, 'ID');
  let refused = 0n;
  await withProjector(line, context, async (projector) => {
    const counts = ids.length > 0 ? await replayNamed(projector, ids) : await replayOpen(projector);
    refused = counts.refused;
    const text = `${String(counts.replayed)} replayed, ${String(counts.refused)} refused again, ${String(counts.alreadyReplayed)} replayed before`;
    await context.output.result(text, { replayed: counts.replayed, refused: counts.refused, alreadyReplayed: counts.alreadyReplayed });
  });
  return refused > 0n ? 'failure' : 'ok';
};

interface ReplayCounts {
  replayed: bigint;
  refused: bigint;
  alreadyReplayed: bigint;
}

async function replayNamed(projector: Projector, ids: readonly string[]): Promise<ReplayCounts> {
  const total: ReplayCounts = { replayed: 0n, refused: 0n, alreadyReplayed: 0n };
  for (let at = 0; at < ids.length; at += pageSize) await replayIds(projector, ids.slice(at, at + pageSize), total);
  return total;
}

/** A call that ran out of its time names the last one that it tried: the next call goes on behind it. */
async function replayIds(projector: Projector, ids: string[], total: ReplayCounts): Promise<void> {
  let left = ids;
  let { alreadyReplayed } = total;
  while (left.length > 0) {
    const last = await replayPage(projector, { deadLetterIds: left }, total);
    // Each call counts those of all its ids: the first one counts for the rest.
    if (left !== ids) total.alreadyReplayed = alreadyReplayed;
    ({ alreadyReplayed } = total);
    const tried = left.indexOf(last) + 1;
    left = tried === 0 ? [] : left.slice(tried);
  }
}

async function replayOpen(projector: Projector): Promise<ReplayCounts> {
  const total: ReplayCounts = { replayed: 0n, refused: 0n, alreadyReplayed: 0n };
  let after = '';
  do after = await replayPage(projector, { after }, total);
  while (after !== '');
  return total;
}

async function replayPage(projector: Projector, args: { readonly deadLetterIds?: string[]; readonly after?: string }, total: ReplayCounts): Promise<string> {
  const { replayed, refused, alreadyReplayed, nextAfter } = await projector.call(operations.replayDeadLetters, args);
  total.replayed += replayed;
  total.refused += refused;
  total.alreadyReplayed += alreadyReplayed;
  return nextAfter;
}

function checkId(id: string, name: string): void {
  if (!isUuid(id)) throw usageError(`${name} ${JSON.stringify(id)} is no UUID`, '`arqon projector dlq list` begins each line with the id.');
}

function listLine({ deadLetterId, errorCode, field, tries, lastFailure, replayedAt, eventId, sequence, sender }: DeadLetterSummary): string {
  const place = field === '' ? '' : ` ${visible(field)}`;
  const replayed = replayedAt === undefined ? '' : `, replayed ${timeText(replayedAt)}`;
  return `${visible(deadLetterId)} ${timeText(lastFailure)} ${visible(errorCode)}${place} #${String(sequence)} ${visible(sender)}, event ${eventId === '' ? 'unknown' : visible(eventId)}, ${String(tries)} ${tries === 1 ? 'try' : 'tries'}${replayed}`;
}

function summaryObject({ summary }: ShowDeadLetterResponse): object {
  return summary === undefined ? {} : messageObject(DeadLetterSummarySchema, summary);
}

function showText({ summary, originalPayload }: ShowDeadLetterResponse): string {
  const fields = Object.entries(summary === undefined ? {} : messageObject(DeadLetterSummarySchema, summary));
  const width = Math.max(...fields.map(([name]) => name.length));
  const event = decoded(originalPayload);
  const content = event === undefined ? [`payload, ${String(originalPayload.length)} bytes, no episode event:`, hexOf(originalPayload)] : ['payload:', visibleLines(JSON.stringify(event, undefined, 2))];
  return [...fields.map(([name, value]) => `${name.padEnd(width)}  ${visible(String(value))}`), ...content].join('\n');
}

function payloadObject(payload: Uint8Array): object {
  const event = decoded(payload);
  return event === undefined ? { payloadHex: hexOf(payload), payloadBytes: payload.length } : { payload: event, payloadBytes: payload.length };
}

/** The event as far as it can be read; undefined where it is none. */
function decoded(payload: Uint8Array): object | undefined {
  try {
    const event = fromBinary(EpisodeEventSchema, payload);
    return event.$unknown === undefined ? messageObject(EpisodeEventSchema, event) : undefined;
  } catch {
    return undefined;
  }
}

function hexOf(payload: Uint8Array): string {
  const hex = Buffer.from(payload.subarray(0, shownBytes)).toString('hex');
  return payload.length > shownBytes ? `${hex}...` : hex;
}

/** Text of several lines whose other control characters are shown as escapes. */
function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

async function writeRaw(path: string, payload: Uint8Array): Promise<void> {
  try {
    await writeFile(path, payload, { mode: 0o600 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('configuration', 'RAW_FILE', `cannot write the payload: ${why}`, { next: 'Name a file that can be written with --raw, or - for standard output.', cause });
  }
}
