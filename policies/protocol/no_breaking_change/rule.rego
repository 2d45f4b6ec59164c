# METADATA
# title: The contract breaks no peer
# description: >-
#   Peers hold the contract of the baseline, and that of the base commit. A change that one of them would misread or miss needs both
#   the label proto-breaking on the change under review and an item of the changelog that names what breaks. The comparison is made
#   on descriptors; what buf breaking finds beyond it counts too.
# scope: package
# custom:
#   id: protocol.no_breaking_change
#   severity: critical
#   category: protocol
#   requirements: [B5, B11, B12, B15, B16, B30, J5]
#   fix: Add a new field, message or package version beside the old one; an agreed break has the label proto-breaking and a changelog item.
package arqonbus.protocol.no_breaking_change

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"proto_changes": {"kind", "subject", "detail", "breaking", "announced"}, "buf_findings": {"tool", "rule", "message"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.subject, sprintf("%s: %s (%s)", [row.subject, replace(row.kind, "_", " "), row.detail])) if {
	some row in input.proto_changes
	row.breaking
	not is_agreed(row)
}

deny contains report.finding(row, row.rule, sprintf("buf breaking: %s", [row.message])) if {
	some row in input.buf_findings
	row.tool == "breaking"
	not told_above
	not is_some_agreed
}

is_agreed(row) if {
	"proto-breaking" in input.meta.labels
	row.announced
}

# What buf finds has no subject: where the comparison tells of the same break, that finding is enough.
told_above if {
	some row in input.proto_changes
	row.breaking
	not is_agreed(row)
}

is_some_agreed if {
	some row in input.proto_changes
	row.breaking
	is_agreed(row)
}
