# METADATA
# title: What is removed was deprecated before, and its day has come
# description: >-
#   Peers need a version that warns them. A field, value, message, enum, service or method may go only if the base has it deprecated
#   with a removal date that has passed.
# scope: package
# custom:
#   id: protocol.deprecate_before_remove
#   severity: high
#   category: protocol
#   requirements: [B13, B23, J6]
#   fix: Deprecate it in a minor version, with its replacement and a removal date, and remove it after that date.
package arqonbus.protocol.deprecate_before_remove

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"proto_changes": {"removal", "subject", "kind", "was_deprecated", "removal_days_left"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.subject, sprintf("%s is removed without having been deprecated", [row.subject])) if {
	some row in input.proto_changes
	row.removal
	not row.was_deprecated
}

deny contains report.finding(row, row.subject, sprintf("%s is removed %d days before its date", [row.subject, row.removal_days_left])) if {
	some row in input.proto_changes
	row.removal
	row.was_deprecated
	row.removal_days_left > 0
}
