import type { Exemption } from '@arqonbus/policy-inputs';

import type { Finding } from './finding.js';

/** What of an entry decides whether it holds. */
export type AppliedExemption = Pick<Exemption, 'rule' | 'path' | 'project' | 'subject' | 'reason' | 'owner' | 'expires' | 'faults'>;

/** An entry with a fault, or one that has expired, exempts nothing; rules deny it besides. */
function holdsFor(exemption: AppliedExemption, finding: Finding, now: string): boolean {
  const { rule, path, project, subject, expires, faults } = exemption;
  if (faults.length > 0 || rule !== finding.rule || expires < now) return false;
  if ((path === '') === (project === '')) return false;
  return (path === '' ? project === finding.project : path === finding.file) && (subject === '' || subject === finding.subject);
}

/** What became of the findings, and which exemptions nothing needed. */
export interface Exempted {
  readonly findings: readonly Finding[];
  readonly unused: readonly string[];
}

/** Marks the findings that an exemption covers; they stay visible. */
export function applyExemptions(findings: readonly Finding[], exemptions: readonly AppliedExemption[], now: string): Exempted {
  const used = new Set<AppliedExemption>();
  const marked = findings.map((finding) => {
    const exemption = exemptions.find((entry) => holdsFor(entry, finding, now));
    if (exemption === undefined) return finding;
    used.add(exemption);
    const { reason, owner, expires } = exemption;
    return { ...finding, exemption: { reason, owner, expires } };
  });
  const unused = exemptions.filter((entry) => !used.has(entry)).map(({ rule, path, project }) => `${rule} for ${path === '' ? project : path}`);
  return { findings: marked, unused };
}
