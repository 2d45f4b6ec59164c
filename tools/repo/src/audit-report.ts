/** A vulnerability that stays for a while, with what holds it off. */
export interface AcceptedAdvisory {
  /** Identifier of the advisory, as GHSA-xxxx-xxxx-xxxx. */
  readonly advisory: string;
  readonly package: string;
  readonly reason: string;
  readonly mitigation: string;
  readonly owner: string;
  /** UTC date, `YYYY-MM-DD`, on which it no longer counts. */
  readonly expires: string;
}

/** What an audit came to. `unanswered`: the registry gave no list, so nothing is known. */
export interface AuditVerdict {
  readonly outcome: 'clean' | 'vulnerable' | 'unanswered';
  readonly lines: readonly string[];
}

interface Vulnerability {
  readonly name?: string;
  readonly severity?: string;
  readonly via?: readonly (string | { readonly url?: string; readonly title?: string })[];
}

interface AuditOutput {
  readonly message?: string;
  readonly error?: { readonly summary?: string };
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
}

const MIN_REASON_CHARS = 10;

function parse(text: string): AuditOutput | undefined {
  try {
    return JSON.parse(text) as AuditOutput;
  } catch {
    // No JSON is no answer, which the caller says.
    return undefined;
  }
}

/** Whether an entry says all that it has to and still counts. */
function counts(entry: AcceptedAdvisory, today: string): boolean {
  return entry.reason.length > MIN_REASON_CHARS && entry.mitigation.length > MIN_REASON_CHARS && entry.owner !== '' && /^\d{4}-\d\d-\d\d$/.test(entry.expires) && today < entry.expires;
}

/**
 * Judges what `npm audit --json` wrote: every finding counts unless it is accepted by name.
 *
 * @param today UTC date, `YYYY-MM-DD`
 */
export function judgeAudit(output: string, accepted: readonly AcceptedAdvisory[], today: string): AuditVerdict {
  const report = parse(output);
  if (report?.vulnerabilities === undefined) {
    const said = [report?.message, report?.error?.summary].find((text) => text !== undefined && text !== '') ?? 'no JSON';
    return { outcome: 'unanswered', lines: [`The registry gave no list of advisories (${said.split('\n')[0] ?? ''}): nothing is known about vulnerabilities.`] };
  }
  const findings = Object.entries(report.vulnerabilities).flatMap(([name, { severity = 'unknown', via = [] }]) =>
    via.filter((cause) => typeof cause === 'object').map(({ url = '', title = '' }) => ({ name, severity, advisory: url.slice(url.lastIndexOf('/') + 1), title })));
  const isAccepted = (finding: { readonly name: string; readonly advisory: string }): boolean =>
    accepted.some((entry) => entry.advisory === finding.advisory && entry.package === finding.name && counts(entry, today));
  const open = findings.filter((finding) => !isAccepted(finding));
  const lines = findings.map((finding) => `${isAccepted(finding) ? 'accepted' : 'open'}: ${finding.name} ${finding.advisory} (${finding.severity}) ${finding.title}`);
  return { outcome: open.length === 0 ? 'clean' : 'vulnerable', lines: lines.length === 0 ? ['No known vulnerability in package-lock.json.'] : lines };
}
