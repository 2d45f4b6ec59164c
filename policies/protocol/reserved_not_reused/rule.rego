# METADATA
# title: A number or name that was retired is never used again
# description: >-
#   Reserved numbers and names stay reserved for good, and no field takes the number of another one. Neither label nor changelog
#   changes that: old bytes stay.
# scope: package
# custom:
#   id: protocol.reserved_not_reused
#   severity: critical
#   category: protocol
#   requirements: [B16, J5]
#   fix: Put the reserved statement back and give the new field a number and name that were never used.
package arqonbus.protocol.reserved_not_reused

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"proto_changes": {"kind", "subject", "detail"}}

kinds := {"reserved_removed", "reserved_number_used", "reserved_name_used", "field_number_reused"}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.subject, sprintf("%s: %s (%s)", [row.subject, replace(row.kind, "_", " "), row.detail])) if {
	some row in input.proto_changes
	row.kind in kinds
}
