# METADATA
# title: Files do not import each other in a circle
# description: >-
#   No cycle of imports between files, of values or of types.
# scope: package
# custom:
#   id: architecture.no_file_cycles
#   severity: medium
#   category: architecture
#   requirements: [S8]
#   fix: Move what both files need into a third, or take one of the two imports back.
package arqonbus.architecture.no_file_cycles

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"file_cycles": {"files"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.files[0], sprintf("import cycle: %s", [concat(", ", row.files)])) if some row in input.file_cycles
