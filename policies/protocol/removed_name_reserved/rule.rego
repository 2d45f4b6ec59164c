# METADATA
# title: The name of what was removed is reserved
# description: >-
#   A name that is free again can be given to another field, and JSON of the old one would be read as the new one. Where a field or
#   enum value is gone, its parent reserves it.
# scope: package
# custom:
#   id: protocol.removed_name_reserved
#   severity: high
#   category: protocol
#   requirements: [B16, J5]
#   fix: Add a reserved statement with the name to the message or enum.
package arqonbus.protocol.removed_name_reserved

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"proto_changes": {"kind", "subject", "name_reserved", "parent_gone"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.subject, sprintf("%s is gone, but its name is not reserved", [row.subject])) if {
	some row in input.proto_changes
	row.kind in {"field_deleted", "enum_value_deleted", "field_renamed", "enum_value_renamed"}
	not row.parent_gone
	not row.name_reserved
}
