# METADATA
# title: Coverage was measured
# description: >-
#   Every library and every project of the baseline has a summary of its coverage: a run that left none has proved nothing.
# scope: package
# custom:
#   id: coverage.coverage_present
#   severity: high
#   category: coverage
#   requirements: [J11, L3]
#   fix: Run the tests with ARQON_TEST_COVERAGE=libraries; write the figures of a new library with update-coverage-baseline.
package arqonbus.coverage.coverage_present

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"coverage": {"metric", "base_percent", "head_percent", "library"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.project, sprintf("no coverage of %s was measured for %s", [row.metric, row.project])) if {
	some row in input.coverage
	row.head_percent < 0
}

deny contains report.finding(row, row.project, sprintf("the library %s is not in policies/data/baseline_coverage.json", [row.project])) if {
	some row in input.coverage
	row.library
	row.metric == "lines"
	row.base_percent < 0
}

deny contains report.incomplete("the table coverage is empty") if count(input.coverage) == 0
