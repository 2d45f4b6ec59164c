# METADATA
# title: No field is required
# description: >-
#   A required field can never be removed and refuses every peer that does not know it. That holds for the label of proto2, the
#   presence LEGACY_REQUIRED of editions and the options of validators.
# scope: package
# custom:
#   id: protocol.no_required
#   severity: critical
#   category: protocol
#   requirements: [B15, J5]
#   fix: Make the field optional and check it where the message is handled.
package arqonbus.protocol.no_required

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"proto_elements": {"kind", "subject", "presence", "required"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.subject, sprintf("%s is required", [row.subject])) if {
	some row in input.proto_elements
	is_required(row)
}

is_required(row) if row.required

is_required(row) if row.presence == "required"
