import { append, overwrite, write, type Violation } from '../violation.js';

/** Marks of work for later, not written out: this file is judged too. */
const LATER = ['TO', 'DO'].join('');
const REPAIR = ['FIX', 'ME'].join('');

interface DebtItem {
  readonly id: string;
  readonly created: string;
  readonly ttlDays: number;
  readonly severity?: string;
  readonly owner?: string;
}

/** A page of the register. */
function debt({ id, created, ttlDays, severity = 'medium', owner = '"@arqonbus/maintainers"' }: DebtItem): readonly string[] {
  const title = 'Something is not as it should be';
  return [
    '---', `id: ${id}`, `title: ${title}`, `severity: ${severity}`, ...(owner === '' ? [] : [`owner: ${owner}`]), `created: ${created}`, `ttl_days: ${String(ttlDays)}`, 'status: open', 'refs:', '  - README.md', '---',
    '', `# ${id}: ${title}`, '', 'It costs something.', '', '## Exit plan', '', '1. Do it as it should be.',
  ];
}

const exempted = (entry: readonly string[]): readonly string[] => ['exemptions:', ...entry.map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`)];

export const technicalDebtViolations: readonly Violation[] = [
  {
    name: 'work-for-later-without-id',
    rule: 'technical_debt.todo_needs_td',
    did: 'Left work for later in a comment, with no item in the register.',
    edits: [append('libs/link/src/index.ts', [`// ${LATER}: close the link when the peer is gone`])],
  },
  {
    name: 'repair-in-a-workflow-without-id',
    rule: 'technical_debt.todo_needs_td',
    did: 'Left a mark of something broken in a shell script.',
    edits: [append('.ci/run', [`# ${REPAIR} later`])],
  },
  {
    name: 'debt-expired',
    rule: 'technical_debt.td_expired',
    did: 'Left a debt open after its last day.',
    edits: [write('docs/technical_debt/TD-901-expired.md', debt({ id: 'TD-901', created: '2025-01-02', ttlDays: 30 }))],
  },
  {
    name: 'debt-without-owner',
    rule: 'technical_debt.td_fields',
    did: 'Registered a debt that nobody owns.',
    edits: [write('docs/technical_debt/TD-902-unowned.md', debt({ id: 'TD-902', created: '2026-11-01', ttlDays: 90, owner: '' }))],
  },
  {
    name: 'debt-of-ten-years',
    rule: 'technical_debt.td_ttl_bound',
    did: 'Gave a debt ten years.',
    edits: [write('docs/technical_debt/TD-903-long.md', debt({ id: 'TD-903', created: '2026-11-01', ttlDays: 3650 }))],
  },
  {
    name: 'debt-that-is-not-there',
    rule: 'technical_debt.td_dangling',
    did: 'Named an item that the register does not have.',
    edits: [append('libs/auth/src/index.ts', [`// ${LATER} TD-999: accept the old tokens`])],
    says: 'TD-999',
  },
  {
    name: 'exemption-expired',
    rule: 'technical_debt.exemption_valid',
    did: 'Left an exemption in place after its last day.',
    edits: overwrite('policies/data/exemptions.yaml', exempted([
      'rule: architecture.no_file_cycles', 'path: README.md', 'reason: The two files are merged in the next change.', 'owner: "@arqonbus/maintainers"', 'created: 2025-01-10', 'expires: 2025-02-10',
    ])),
    says: 'has ended',
    isAlone: true,
  },
  {
    name: 'exemption-for-security',
    rule: 'technical_debt.exemption_valid',
    did: 'Exempted a finding of the security rules.',
    edits: overwrite('policies/data/exemptions.yaml', exempted([
      'rule: security.key_tenant_prefix', 'path: README.md', 'reason: The key is shared by all tenants on purpose.', 'owner: "@arqonbus/maintainers"', 'created: 2026-11-20', 'expires: 2027-01-20',
    ])),
    says: 'security.key_tenant_prefix',
    isAlone: true,
  },
  {
    name: 'debugger-left-over',
    rule: 'technical_debt.debugger_statement',
    did: 'Left a breakpoint in the code.',
    edits: [write('apps/cli/src/breakpoint.ts', ['export function stop(): void {', '  debugger;', '}'])],
  },
  {
    name: 'not-implemented',
    rule: 'technical_debt.unimplemented_throw',
    did: 'Committed a function that only says that it is not there yet.',
    edits: [write('apps/cli/src/later.ts', ['export function compact(): void {', "  throw new Error('not implemented');", '}'])],
  },
];
