# METADATA
# title: A new field of an existing message tells whether it was set
# description: >-
#   A peer of the older contract never sets a new field. A scalar without presence then reads as 0 or empty, which a newer peer
#   cannot tell from a chosen value.
# scope: package
# custom:
#   id: protocol.field_presence
#   severity: medium
#   category: protocol
#   requirements: [B15, B21, J5]
#   fix: Write optional before the field, or put it into a oneof or a message of its own.
package arqonbus.protocol.field_presence

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"proto_elements": {"kind", "subject", "presence", "is_new", "parent_is_new"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.subject, sprintf("%s is new and cannot be told from one that was not set", [row.subject])) if {
	some row in input.proto_elements
	row.kind == "field"
	row.is_new
	not row.parent_is_new
	row.presence == "implicit"
}
