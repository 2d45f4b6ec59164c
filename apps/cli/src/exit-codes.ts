/** One way for the command to end. */
export interface ExitRow {
  readonly code: number;
  readonly meaning: string;
}

/** The one table of exit codes; docs/cli.md lists the same rows, and a test compares both. */
export const exitCodes = {
  ok: { code: 0, meaning: 'It did what was asked; `dev`: it was asked to stop and drained.' },
  failure: { code: 1, meaning: 'It failed for a reason of its own, which the message names; `inspect`: it found something; `projector dlq replay`: some were refused again.' },
  usage: { code: 2, meaning: 'The command line is wrong: unknown command or option, bad value, bad name; `inspect`: input that cannot be read.' },
  unreachable: { code: 3, meaning: 'No connection to the server, or it was lost for good.' },
  unauthenticated: { code: 4, meaning: 'The token is missing or the server does not accept it.' },
  notPermitted: { code: 5, meaning: 'Not found, or the token does not permit it.' },
  refused: { code: 6, meaning: 'The server refused the request; the message holds its code.' },
  timedOut: { code: 7, meaning: 'No answer in time; what was published may have been taken.' },
  internal: { code: 70, meaning: 'A fault in arqon itself.' },
  configuration: { code: 78, meaning: 'A file or setting cannot be used, or Node is too old.' },
  interrupted: { code: 130, meaning: 'SIGINT ended it before it was done.' },
  terminated: { code: 143, meaning: 'SIGTERM or SIGHUP ended it before it was done.' },
} as const satisfies Record<string, ExitRow>;

export type ExitName = keyof typeof exitCodes;
