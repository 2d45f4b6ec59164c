# METADATA
# title: A new library begins covered
# description: >-
#   A library that is not in the baseline yet is pointed out for each metric under 90 percent; for lines coverage_floor refuses it.
# scope: package
# custom:
#   id: coverage.new_project_floor
#   severity: low
#   category: coverage
#   requirements: [L3, J11]
#   fix: Cover it, then write its figures with update-coverage-baseline.
package arqonbus.coverage.new_project_floor

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"coverage": {"metric", "base_percent", "head_percent"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

warn contains report.finding(row, row.metric, sprintf("%s is new and covers %v percent of its %s", [row.project, row.head_percent, row.metric])) if {
	some row in input.coverage
	row.base_percent < 0
	row.head_percent >= 0
	row.head_percent < 90
}
