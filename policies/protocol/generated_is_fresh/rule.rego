# METADATA
# title: Generated code holds the contract of now
# description: >-
#   Each file of generated code carries the descriptor of its proto file. It is compared with the descriptor that buf builds; a file
#   without a proto file, and a proto file without code, differ too.
# scope: package
# custom:
#   id: protocol.generated_is_fresh
#   severity: high
#   category: protocol
#   requirements: [B1, B17, J5]
#   fix: Run npm run generate and commit the result.
package arqonbus.protocol.generated_is_fresh

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"proto_generated": {"proto", "fresh"}, "proto_files": {"path"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.file, sprintf("%s is not what %s generates", [row.file, row.proto])) if {
	some row in input.proto_generated
	row.proto != ""
	not row.fresh
}

deny contains report.finding(row, row.file, sprintf("%s belongs to no proto file", [row.file])) if {
	some row in input.proto_generated
	row.proto == ""
}

deny contains report.finding(row, row.path, sprintf("%s has no generated code", [row.file])) if {
	known := {generated.proto | some generated in input.proto_generated}
	some row in input.proto_files
	not row.file in known
}
