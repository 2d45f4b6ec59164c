# METADATA
# title: Approvals are whole, and the ledger only grows
# description: >-
#   Every entry of policies/data/approvals.yaml names subject, digest, class, reason, approvers, day and version. Class 0 and 1 take
#   two approvers, class 0 one of them security. Entries that the base has stand unchanged in their place; each names the digest of
#   its subject's entry before.
# scope: package
# custom:
#   id: transport.approvals_append_only
#   severity: critical
#   category: transport
#   requirements: [G18, G19, G20, G21, G36]
#   fix: Put earlier entries back as they were and append a whole one; what was approved wrongly is undone by another entry.
package arqonbus.transport.approvals_append_only

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"approvals": {
		"index", "subject", "digest", "class", "reason", "approvers", "unknown_approvers", "date", "version", "follows", "known_subject", "in_order",
	},
	"approvals_at_base": {"index", "subject", "kept"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.subject, sprintf("entry %d of the base, for %s, was changed, moved or removed", [row.index + 1, row.subject])) if {
	some row in input.approvals_at_base
	not row.kept
}

deny contains report.incomplete("the ledger has no entry") if count(input.approvals) == 0

deny contains report.finding(row, row.subject, sprintf("entry %d, for %s: %s", [row.index + 1, row.subject, fault])) if {
	some row in input.approvals
	some fault in faults(row)
}

security := "@arqonbus/security"

faults(row) := {fault |
	some fault, holds in {
		"no such subject": row.known_subject == false,
		"the digest is none": regex.match(`^[0-9a-f]{2,64}$`, row.digest) == false,
		"previous is not the digest of the entry before": row.follows == false,
		"the class is not 0, 1 or 2": has_no_class(row),
		"the reason has fewer than 20 characters": count(row.reason) < 20,
		"too few approvers": count(row.approvers) < approvers_of(row),
		"nobody of security approves": lacks_security(row),
		"an approver is none of the owners in CODEOWNERS": count(row.unknown_approvers) > 0,
		"the date is no day": row.date == "",
		"the date is to come": row.date > input.meta.now,
		"the date is before that of the entry before": row.in_order == false,
		"the version is none": regex.match(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`, row.version) == false,
	}
	holds
}

default approvers_of(_) := 2

approvers_of(row) := 1 if row.class == 2

default has_no_class(_) := true

has_no_class(row) := false if row.class in {0, 1, 2}

default lacks_security(_) := false

lacks_security(row) if {
	row.class == 0
	not security in row.approvers
}
