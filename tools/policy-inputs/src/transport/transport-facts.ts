import type { Rows, WorkspaceSource } from '../fact-source.js';
import { approvalRows, GOVERNED_BASELINE } from './approvals.js';
import { governedRows, type GovernedIdentifiers } from './governed-identifiers.js';
import { StaticValues } from './static-values.js';

/** The governed identifiers against their baseline, and the approvals of every baseline. */
export const transportSource: WorkspaceSource = {
  name: 'transport',
  tables: {
    // Each governed identifier that is there now or in the baseline. `group`: hard_caps, readiness_states, readiness_reasons, rejection_reasons, bucket_edges,
    // error_codes, close_codes. `value`, `base_value`: JSON, empty where it is not there; `number`: of a cap. `change`: none, added, removed, changed, raised,
    // lowered. `readable`: its value is known without running the code.
    governed_identifiers: ['group', 'name', 'value', 'number', 'base_value', 'change', 'readable'],
    // One row for each baseline. `subject`: contract, governed, settings. `approved_*`: of its newest entry in the ledger; that is_new_entry, the change adds it.
    // `state`: changed or added since the change's base, settled (not since then; the difference is that to the approval before), none, unknown without git.
    // `breaking`, `loosened`, `added`: what differs.
    baselines: ['subject', 'digest', 'approved_digest', 'approved_class', 'is_new_entry', 'state', 'breaking', 'loosened', 'added'],
    // Entries of the ledger, oldest first. `class`: -1 unless a number. `approvers`: each once; `unknown_approvers`: those that CODEOWNERS has not. `date`: empty
    // unless a day. `follows`: `previous` is the digest of the subject's entry before. `in_order`: not earlier than the entry before.
    approvals: ['index', 'subject', 'digest', 'class', 'reason', 'approvers', 'unknown_approvers', 'date', 'version', 'follows', 'known_subject', 'in_order'],
    // Entries that the ledger had at the change's base. `kept`: the same entry stands in the same place.
    approvals_at_base: ['index', 'subject', 'kept'],
  },
  read: (workspace): Rows => {
    const { governed_baseline: baseline } = JSON.parse(workspace.read(GOVERNED_BASELINE)) as { governed_baseline: GovernedIdentifiers };
    return { governed_identifiers: governedRows(new StaticValues(workspace), baseline), ...approvalRows(workspace) };
  },
};
