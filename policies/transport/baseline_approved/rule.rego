# METADATA
# title: A baseline is what was approved, and so is its change
# description: >-
#   The contract, the governed identifiers and the settings are compared with committed baselines. Each baseline has the digest of
#   the newest entry of its subject in policies/data/approvals.yaml. A change of a baseline needs an entry of its own: class 0 where
#   something that peers rely on changes or goes, class 0 or 1 where a bound becomes wider or a governed identifier is added.
# scope: package
# custom:
#   id: transport.baseline_approved
#   severity: critical
#   category: transport
#   requirements: [G5, G18, G19, G21, G32, G36]
#   fix: Append the entry that npm run policy:baselines prints to policies/data/approvals.yaml, with the class and the approvers that the change needs.
package arqonbus.transport.baseline_approved

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"baselines": {"subject", "digest", "approved_digest", "approved_class", "is_new_entry", "state", "breaking", "loosened", "added"}}

subjects := {"contract", "governed", "settings"}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete(sprintf("the baseline %s is not there", [subject])) if {
	some subject in (subjects - {row.subject | some row in input.baselines})
}

deny contains report.finding(row, row.subject, sprintf("%s has not the digest of the newest approval of %s", [row.file, row.subject])) if {
	some row in input.baselines
	row.digest != row.approved_digest
}

deny contains report.finding(row, row.subject, sprintf("%s changes without a new approval of %s", [row.file, row.subject])) if {
	some row in input.baselines
	row.state == "changed"
	not row.is_new_entry
}

deny contains report.finding(row, row.subject, sprintf("%s: class %d, needs %d: %s", [row.file, row.approved_class, needed(row), touched(row)])) if {
	some row in input.baselines
	row.state in {"changed", "settled"}
	not is_enough(row)
}

is_enough(row) if {
	row.approved_class >= 0
	row.approved_class <= needed(row)
}

# The largest number of a class that may approve it: the smaller, the stricter.
needed(row) := 0 if {
	count(row.breaking) > 0
} else := 1 if {
	count(row.loosened) > 0
} else := 1 if {
	row.subject == "governed"
} else := 2

touched(row) := concat(", ", array.slice([name | some names in [row.breaking, row.loosened, row.added]; some name in names], 0, 5))
