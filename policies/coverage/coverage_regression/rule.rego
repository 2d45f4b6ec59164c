# METADATA
# title: Coverage does not fall
# description: >-
#   No metric of a project falls more than half a point below policies/data/baseline_coverage.json.
# scope: package
# custom:
#   id: coverage.coverage_regression
#   severity: high
#   category: coverage
#   requirements: [J11, L3, L23]
#   fix: Test what the change added; or lower the baseline with --allow-drop in a change that says why.
package arqonbus.coverage.coverage_regression

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"coverage": {"metric", "base_percent", "head_percent"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.project, msg) if {
	some row in input.coverage
	row.head_percent >= 0
	row.head_percent < row.base_percent - tolerance_of(row.metric)
	msg := sprintf("%s of %s fell from %v to %v percent", [row.metric, row.project, row.base_percent, row.head_percent])
}

# Which branches run varies with timing where servers are real; lines vary less.
tolerance_of("lines") := 1

tolerance_of(metric) := 1.5 if metric != "lines"
