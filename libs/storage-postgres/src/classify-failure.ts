import { EpisodeStoreError } from '@arqonbus/storage/episodes';

/** Classes of SQLSTATE that are about the values of a statement: the same values are refused at any time. */
const dataClasses: Readonly<Record<string, string>> = {
  '21': 'cardinality violation',
  '22': 'value refused',
  '23': 'integrity constraint',
  '54': 'program limit exceeded',
};

/** Causes that people meet most, by SQLSTATE. */
const conditions: Readonly<Record<string, string>> = {
  '22001': 'value too long',
  '22003': 'number out of range',
  '22021': 'character not in the encoding',
  '22P02': 'invalid text representation',
  '22P05': 'untranslatable character',
  '23502': 'not-null violation',
  '23505': 'unique violation',
  '23514': 'check violation',
  '25P03': 'idle-in-transaction time-out',
  '28P01': 'password refused',
  '3D000': 'no such database',
  '40001': 'serialization failure',
  '40P01': 'deadlock',
  '42501': 'permission denied',
  '42P01': 'no such table',
  '53100': 'disk full',
  '53300': 'too many connections',
  '55P03': 'lock time-out',
  '57014': 'statement time-out',
  '57P01': 'server stops',
  '57P03': 'server does not take connections yet',
};

/** SQLSTATE of a driver's error, '' where it has none. */
export function sqlCodeOf(error: unknown): string {
  const code = codeOf(error);
  return /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : '';
}

/**
 * The driver's error as the port's. Only what the values themselves cause is `data`; everything else may succeed later: the network, the server's state,
 * locks, rights and a schema that somebody still has to mend. Messages never hold values, and a `data` failure has no cause, since a server's text
 * may quote them.
 */
export function toStoreError(error: unknown): EpisodeStoreError {
  if (error instanceof EpisodeStoreError) return error;
  const sqlCode = sqlCodeOf(error);
  if (sqlCode === '') {
    const isOurs = error instanceof TypeError || error instanceof RangeError;
    if (isOurs && codeOf(error) === '') return new EpisodeStoreError('data', `a value cannot be sent to the database: ${error.name}`, { cause: error });
    return new EpisodeStoreError('transient', `the database cannot be reached: ${networkReason(error)}`, { cause: error });
  }
  const condition = conditions[sqlCode] ?? dataClasses[sqlCode.slice(0, 2)] ?? 'refused for now';
  const message = `the database answered ${sqlCode} (${condition})`;
  if (isDataState(sqlCode)) return new EpisodeStoreError('data', message, { sqlCode });
  return new EpisodeStoreError('transient', message, { sqlCode, cause: error });
}

/** Whether a connection can be used again after this error and a rollback. */
export function isConnectionSound(error: unknown): boolean {
  if (error instanceof EpisodeStoreError && error.failure !== 'transient') return true;
  const sqlCode = sqlCodeOf(error);
  return isDataState(sqlCode) || sqlCode.startsWith('40') || sqlCode === '55P03' || sqlCode === '57014';
}

function isDataState(sqlCode: string): boolean {
  return sqlCode.slice(0, 2) in dataClasses;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function networkReason(error: unknown): string {
  const code = codeOf(error);
  if (code !== '') return code;
  return error instanceof Error && error.message !== '' ? error.message : 'unknown reason';
}
