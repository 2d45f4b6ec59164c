import { closeCodes, errorTable, type CloseAction, type ErrorRow } from '@arqonbus/errors';

const actions: Readonly<Record<CloseAction, string>> = {
  resume: 'reconnect and resume', mend: 'mend the cause first', wait: 'come back within the window named, else back off',
};

/** The table of error codes, one row per code, ordered by id. */
export function renderErrorCodes(): string {
  const rows = Object.entries<ErrorRow>(errorTable)
    .sort(([, a], [, b]) => a.id - b.id)
    .map(([code, row]) => `| \`${code}\` | ${row.id} | ${row.message} | ${row.retryable ? 'yes' : 'no'} | ${row.closeCode ?? ''} | ${row.audience} |`);
  return ['| code | id | meaning | retry as is | close code | seen by |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

/** The table of close codes that servers send, ordered by number. */
export function renderCloseCodes(): string {
  const rows = Object.values(closeCodes)
    .sort((a, b) => a.code - b.code)
    .map(({ code, reason, action }) => `| ${code} | ${reason} | ${actions[action]} |`);
  return ['| code | reason | what the client does |', '|---|---|---|', ...rows].join('\n');
}
