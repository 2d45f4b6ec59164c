import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ArqonError } from '@arqonbus/errors';
import { SqlDatabase, sqlErrorCode } from './database.js';
import { applicationId, schemaSql, schemaVersion } from './schema.js';
import type { DatabaseSettings, DurabilityClaim } from './settings.js';

export interface OpenedDatabase {
  readonly db: SqlDatabase;
  readonly claim: DurabilityClaim;
}

const pageBytes = 8_192;
/** The journal is moved into the file beyond this, and cut back to it. */
const journalPages = 4_096;
/** Written and removed again before a store that failed is used. */
const probeBytes = 262_144;
/** A file up to this size is checked as a whole at opening; the bodies of all others are checked as they are read. */
const wholeCheckBytes = 67_108_864;
/** f_type of tmpfs and ramfs: a sync there writes nothing. */
const memoryFileSystems = new Set([0x0102_1994, 0x8584_58f6]);
/** PRAGMA synchronous: FULL syncs the journal at each commit, NORMAL only before it is moved into the file, so that the file is never torn. */
const synchronousOf = { each: 2, interval: 1, off: 1 } as const;

/**
 * Opens the file and holds it alone until the thread ends; the kernel takes the lock away when the process ends, however it ends. The settings that
 * decide the durability are read back.
 *
 * Raises ArqonError STORE_UNAVAILABLE, which names the file, when another process holds it, when it is damaged or no store of this version, or
 * when a setting was not taken. Nothing is ever deleted to get past an error.
 */
export function openDatabase(settings: DatabaseSettings): OpenedDatabase {
  const { file } = settings;
  try {
    prepareFolder(file);
    const db = new SqlDatabase(file);
    const isNew = checkIdentity(db, file);
    configure(db, settings);
    if (!isNew) checkContent(db, file);
    db.transaction(() => { beginSession(db, settings, isNew); });
    if (settings.isRetry) probe(db);
    return { db, claim: claimOf(settings) };
  } catch (error) {
    throw refusal(file, error);
  }
}

function refusal(file: string, error: unknown): ArqonError {
  if (error instanceof ArqonError) return error;
  const code = sqlErrorCode(error);
  const text = error instanceof Error ? error.message : String(error);
  if (code?.startsWith('SQLITE_BUSY') === true) return unavailable(`${file} is in use: one process at a time may open a store`, error);
  if (code?.startsWith('SQLITE_NOTADB') === true || code?.startsWith('SQLITE_CORRUPT') === true) {
    return unavailable(`${file} is damaged or no store (${text}); restore it from a backup or name another file`, error);
  }
  return unavailable(`${file} cannot be opened: ${text}`, error);
}

function unavailable(message: string, cause?: unknown): ArqonError {
  return new ArqonError('STORE_UNAVAILABLE', { message, cause });
}

/** Creates the folder; its entry and those of its parents are synced, because the engine syncs only the folder of its files. */
function prepareFolder(file: string): void {
  const folder = dirname(file);
  const topmost = mkdirSync(folder, { recursive: true });
  for (let at = folder; topmost !== undefined; at = dirname(at)) {
    syncFolder(dirname(at));
    if (at === topmost || at === dirname(at)) break;
  }
  if (existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0 && (!existsSync(file) || statSync(file).size === 0)) {
    throw unavailable(`${file} is missing but its journal ${file}-wal is there; put both back, or move the journal away to begin anew`);
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** True for a new file. The lock is taken by the first read, before anything is changed. */
function checkIdentity(db: SqlDatabase, file: string): boolean {
  db.pragma(`page_size = ${pageBytes}`);
  if (db.pragma('locking_mode = EXCLUSIVE') !== 'exclusive') throw unavailable(`${file} cannot be held alone`);
  const tableCount = db.sql('SELECT count(*) FROM sqlite_schema').one()?.[0];
  if (tableCount === 0) return true;
  if (db.pragma('application_id') !== applicationId) throw unavailable(`${file} is a database of another program`);
  const version = db.pragma('user_version');
  if (version !== schemaVersion) throw unavailable(`${file} has layout ${String(version)}, this version reads ${schemaVersion}`);
  return false;
}

function configure(db: SqlDatabase, { file, sync }: DatabaseSettings): void {
  const wanted: readonly (readonly [pragma: string, value: string | number, kept: string | number])[] = [
    ['journal_mode', 'WAL', 'wal'],
    ['synchronous', synchronousOf[sync], synchronousOf[sync]],
    // Flushes the drive's cache too where fsync alone does not (macOS).
    ['fullfsync', 1, 1],
    ['checkpoint_fullfsync', 1, 1],
    // What is erased or trimmed is overwritten.
    ['secure_delete', 1, 1],
    ['wal_autocheckpoint', journalPages, journalPages],
    ['journal_size_limit', journalPages * pageBytes, journalPages * pageBytes],
  ];
  for (const [pragma, value, kept] of wanted) {
    db.pragma(`${pragma} = ${value}`);
    const found = db.pragma(pragma);
    if (found !== kept) throw unavailable(`${file}: the engine keeps ${pragma} at ${String(found)} instead of ${kept}`);
  }
  if (db.pragma('locking_mode') !== 'exclusive') throw unavailable(`${file} cannot be held alone`);
}

function checkContent(db: SqlDatabase, file: string): void {
  const bytes = Number(db.pragma('page_count')) * pageBytes;
  const verdict = bytes <= wholeCheckBytes ? db.pragma('quick_check(1)') : 'ok';
  if (verdict !== 'ok') throw unavailable(`${file} is damaged (${String(verdict)}); restore it from a backup or name another file`);
}

/**
 * Notes that the file is in use. When the last use did not end in order, the machine was started anew since, and commits were not synced one by
 * one, the newest runs may be lost although they were acknowledged: every topic begins a new epoch with the runs that are left, and producers,
 * whose acknowledged runs may be among the lost, are forgotten. After a mere kill -9 nothing is lost, since the kernel has what was written.
 */
function beginSession(db: SqlDatabase, { sync, nowUs }: DatabaseSettings, isNew: boolean): void {
  if (isNew) db.exec(schemaSql);
  const boot = readBootId();
  const [lastBoot, lastSync, isClean] = db.sql('SELECT boot, sync, is_clean FROM session').one() ?? ['', 'off', 0];
  const mayHaveLost = isClean !== 1 && lastSync !== 'each' && (boot === '' || boot !== lastBoot);
  if (mayHaveLost) {
    const topics = db.sql('SELECT tenant_id, topic_id FROM topics').all();
    for (const [tenant, topic] of topics) {
      const epoch = nextEpoch(db, nowUs);
      for (const table of ['topics', 'groups']) db.sql(`UPDATE ${table} SET epoch = ? WHERE tenant_id = ? AND topic_id = ?`).run(epoch, tenant, topic);
    }
    db.exec('DELETE FROM producers');
  }
  db.sql('UPDATE session SET boot = ?, sync = ?, is_clean = 0').run(boot, sync);
}

/** An almost full disk is not taken for a mended one. */
function probe(db: SqlDatabase): void {
  db.sql('INSERT OR REPLACE INTO probe VALUES (1, zeroblob(?))').run(probeBytes);
  db.sql('DELETE FROM probe').run();
}

/** An epoch that no topic of the file has had, inside a transaction. */
export function nextEpoch(db: SqlDatabase, nowUs: number): number {
  const last = Number(db.sql('SELECT last_epoch FROM session').one()?.[0]);
  const epoch = Math.max(Math.floor(nowUs), last + 1);
  db.sql('UPDATE session SET last_epoch = ?').run(epoch);
  return epoch;
}

/** Ends the use in order: all is synced into the one file. */
export function closeDatabase(db: SqlDatabase): void {
  db.pragma('synchronous = 2');
  db.sql('UPDATE session SET is_clean = 1').run();
  db.pragmaRow('wal_checkpoint(TRUNCATE)');
  db.close();
}

/** Names this start of the machine; '' where the system does not tell, which counts as a new start each time. */
function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function claimOf({ file, sync, intervalMs }: DatabaseSettings): DurabilityClaim {
  if (sync === 'interval') {
    return { durability: 'STORE', reason: `synchronous=NORMAL with a sync every ${intervalMs} ms: survives the end of the process, a power cut may take the newest runs` };
  }
  if (sync === 'off') {
    return { durability: 'STORE', reason: 'synchronous=NORMAL without timed syncs: survives the end of the process, a power cut may take the newest runs' };
  }
  if (isInMemory(file)) return { durability: 'STORE', reason: 'synchronous=FULL, but the file is on a file system in memory, which no sync makes durable' };
  return { durability: 'FSYNC', reason: 'journal_mode=WAL and synchronous=FULL, read back: the journal is synced before each answer' };
}

function isInMemory(file: string): boolean {
  try {
    return memoryFileSystems.has(statfsSync(dirname(file)).type);
  } catch {
    return false;
  }
}
