# METADATA
# title: The coverage baseline only rises
# description: >-
#   policies/data/baseline_coverage.json is what changes are compared with. Against a base commit none of its figures falls or leaves, unless the
#   change carries the label coverage-drop.
# scope: package
# custom:
#   id: testing.coverage_baseline_kept
#   severity: high
#   category: testing
#   requirements: [J11, L3, L23]
#   fix: Add tests; or set the label coverage-drop and say in the change why less is right.
package arqonbus.testing.coverage_baseline_kept

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"coverage_baseline": {"metric", "before", "now"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.project, msg) if {
	not "coverage-drop" in input.meta.labels
	some row in input.coverage_baseline
	row.now >= 0
	row.now < row.before
	msg := sprintf("the baseline of %s in %s falls from %v to %v percent", [row.metric, row.project, row.before, row.now])
}

deny contains report.finding(row, row.project, sprintf("the baseline of %s in %s is gone", [row.metric, row.project])) if {
	some row in input.coverage_baseline
	row.now < 0
}
