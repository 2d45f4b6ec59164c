# METADATA
# title: The zero of an enum means nothing
# description: >-
#   Zero is what a reader sees of a field that was not set, and of a value that it does not know. It is named _UNSPECIFIED so that
#   neither passes for a choice.
# scope: package
# custom:
#   id: protocol.enum_zero_unspecified
#   severity: low
#   category: protocol
#   requirements: [B15, B21, J5]
#   fix: Put a value named after the enum with _UNSPECIFIED first, numbered 0.
package arqonbus.protocol.enum_zero_unspecified

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"proto_elements": {"kind", "subject", "parent", "number"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

warn contains report.finding(row, row.subject, sprintf("%s means something, but is what an unset field reads as", [row.subject])) if {
	some row in input.proto_elements
	row.kind == "enum_value"
	row.number == 0
	not endswith(row.subject, "_UNSPECIFIED")
}

warn contains report.finding(row, row.subject, sprintf("%s has no value 0", [row.subject])) if {
	zeros := {value.parent | some value in input.proto_elements; value.kind == "enum_value"; value.number == 0}
	some row in input.proto_elements
	row.kind == "enum"
	not row.subject in zeros
}
