import type { Row, WorkspaceSource } from '../fact-source.js';

/** Files whose lines become commands or environments. */
const COMMAND_FILE = /(^|\/)(package\.json|project\.json|nx\.json|\.npmrc|\.yarnrc|Makefile|[\w.-]*Dockerfile[\w.-]*|[\w.-]*compose[\w.-]*\.ya?ml)$|\.(sh|bash|service|env)$|^\.github\/.+\.ya?ml$|^\.ci\//;

const SWITCHES: readonly (readonly [RegExp, string])[] = [
  [/\bNODE_TLS_REJECT_UNAUTHORIZED\b\s*["']?\s*[=:]\s*["']?0/, 'NODE_TLS_REJECT_UNAUTHORIZED'],
  [/\bstrict-ssl\b["']?\s*[=: ]\s*["']?false/, 'strict-ssl'],
  [/\bGIT_SSL_NO_VERIFY\b\s*["']?\s*[=:]\s*["']?(1|true)/, 'GIT_SSL_NO_VERIFY'],
  [/\bhttp\.sslVerify\b\s*[= ]\s*["']?false/i, 'http.sslVerify'],
  [/\bPYTHONHTTPSVERIFY\b\s*["']?\s*[=:]\s*["']?0/, 'PYTHONHTTPSVERIFY'],
  [/--tls-(min|max)-v1\.[012]\b/, '--tls-min'],
  [/\bcurl\b[^|;&\n]*\s(-[a-zA-Z]*k[a-zA-Z]*\b|--insecure\b)/, 'curl --insecure'],
  [/\bwget\b[^|;&\n]*\s--no-check-certificate\b/, 'wget --no-check-certificate'],
];

/** The switches in a file, with their lines; none where lines become no commands. */
export function tlsSwitchesIn(path: string, text: string): readonly { readonly line: number; readonly option: string }[] {
  if (!COMMAND_FILE.test(path)) return [];
  return text.split('\n').flatMap((line, index) => SWITCHES.filter(([pattern]) => pattern.test(line)).map(([, option]) => ({ line: index + 1, option })));
}

/** Switches of commands and environments that take any certificate for a good one. */
export const tlsSwitchSource: WorkspaceSource = {
  name: 'tls-switches',
  tables: {
    /** option: the variable, setting or option of a command that switches the check of certificates off. */
    tls_switches: ['option'],
  },
  read: (workspace) => ({
    tls_switches: workspace.files.filter(({ path }) => COMMAND_FILE.test(path)).flatMap(({ path, project }) =>
      tlsSwitchesIn(path, workspace.read(path)).map((found): Row => ({ file: path, project, ...found }))),
  }),
};
