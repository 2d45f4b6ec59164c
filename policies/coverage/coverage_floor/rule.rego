# METADATA
# title: Nine of ten lines of a library are covered
# description: >-
#   The tests of a library execute at least 90 percent of its lines.
# scope: package
# custom:
#   id: coverage.coverage_floor
#   severity: high
#   category: coverage
#   requirements: [L3, J11]
#   fix: Test the branches that are named in the report under coverage/.
package arqonbus.coverage.coverage_floor

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"coverage": {"metric", "head_percent", "library"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.project, sprintf("%v percent of the lines of %s are covered, 90 are required", [row.head_percent, row.project])) if {
	some row in input.coverage
	row.library
	row.metric == "lines"
	row.head_percent >= 0
	row.head_percent < 90
}
