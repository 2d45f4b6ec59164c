import { createHash } from 'node:crypto';
import type { EpisodeChange, EpisodeContent, EpisodeKey, EpisodeRow, Guard } from '@arqonbus/continuum';
import { presenceOf, type RowPresence } from '@arqonbus/storage/episodes';

/** What a row was when it was read, and what it is now. */
export interface RowFate {
  readonly before: RowPresence;
  /** Its identity then. */
  readonly was: string;
  readonly after: EpisodeRow | undefined;
}

type PackedRow = readonly [isDeleted: boolean, stateUs: number | null, stateId: string, content: string | null, summaryUs: number | null, summaryId: string, summary: string | null];

/** The same row with digests for content and summary: the rules of projection only move them. */
export function digestedRow(row: EpisodeRow): EpisodeRow {
  return { ...row, ...digested(row) };
}

/** The same change with digests for content and summary. */
export function digestedChange(change: EpisodeChange): EpisodeChange {
  return { ...change, ...digested(change) };
}

/** Equal for two digested rows that hold the same; '' for none. */
export function identityOf(row: EpisodeRow | undefined): string {
  return row === undefined ? '' : digestOf(JSON.stringify(packRow(row)));
}

/** One text for the fate of a row; without `fate` the row was just read. */
export function packFate(after: EpisodeRow | undefined, fate: Pick<RowFate, 'before' | 'was'> = { before: presenceOf(after), was: identityOf(after) }): string {
  return JSON.stringify([fate.before, fate.was, after === undefined ? null : packRow(after)]);
}

/** Reads what `packFate` wrote; the key is not part of it. */
export function unpackFate(packed: string, key: EpisodeKey): RowFate {
  const [before, was, row] = JSON.parse(packed) as [RowPresence, string, PackedRow | null];
  return { before, was, after: row === null ? undefined : unpackRow(row, key) };
}

function packRow({ isDeleted, stateGuard, content, summaryGuard, summary }: EpisodeRow): PackedRow {
  return [
    isDeleted, stateGuard?.sourceTsUs ?? null, stateGuard?.eventId ?? '', content?.contentRef ?? null,
    summaryGuard?.sourceTsUs ?? null, summaryGuard?.eventId ?? '', summary ?? null,
  ];
}

function unpackRow([isDeleted, stateUs, stateId, content, summaryUs, summaryId, summary]: PackedRow, key: EpisodeKey): EpisodeRow {
  return {
    key, isDeleted, stateGuard: guardOf(stateUs, stateId), content: content === null ? undefined : contentOf(content),
    summaryGuard: guardOf(summaryUs, summaryId), summary: summary ?? undefined,
  };
}

function guardOf(sourceTsUs: number | null, eventId: string): Guard | undefined {
  return sourceTsUs === null ? undefined : { sourceTsUs, eventId };
}

function digested({ content, summary }: Pick<EpisodeRow, 'content' | 'summary'>): Pick<EpisodeRow, 'content' | 'summary'> {
  return { content: content === undefined ? undefined : contentOf(digestOfContent(content)), summary: summary === undefined ? undefined : digestOf(summary) };
}

/** Of all its fields, whatever order they were set in. */
function digestOfContent(content: EpisodeContent): string {
  return digestOf(JSON.stringify(content, Object.keys(content).sort()));
}

/** Content of which the digest alone is known; nothing looks at the rest. */
function contentOf(digest: string): EpisodeContent {
  return { contentRef: digest, tags: noTags, embeddingRef: undefined, metadataJson: '{}' } as EpisodeContent;
}

const noTags: readonly string[] = [];

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest().toString('base64url', 0, 16);
}
