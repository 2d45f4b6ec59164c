# METADATA
# title: Dependencies of Go and Python are pinned too
# description: >-
#   Requirements in go.mod and in Python requirement files have one version with a checksum, and are replaced by
#   nothing.
# scope: package
# custom:
#   id: supply_chain.other_ecosystems_pinned
#   severity: high
#   category: supply_chain
#   requirements: [M13, M14, J27]
#   fix: Pin the version, commit go.sum or --hash, and take replace lines out.
package arqonbus.supply_chain.other_ecosystems_pinned

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"other_dependencies": {"ecosystem", "name", "version", "exact", "checksummed", "replaced"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.name, sprintf("%s of %s has no exact version", [row.name, row.ecosystem])) if {
	some row in input.other_dependencies
	not row.exact
	not row.replaced
}

deny contains report.finding(row, row.name, sprintf("%s %s of %s has no checksum", [row.name, row.version, row.ecosystem])) if {
	some row in input.other_dependencies
	not row.checksummed
	not row.replaced
}

deny contains report.finding(row, row.name, sprintf("%s of %s is taken from another place", [row.name, row.ecosystem])) if {
	some row in input.other_dependencies
	row.replaced
}
