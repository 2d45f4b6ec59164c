# METADATA
# title: A file with tests is run
# description: >-
#   The runner loads src/**/*.test.ts and test/**/*.test.ts of each project, and what they import. Tests in a file of another name or place never run.
# scope: package
# custom:
#   id: testing.test_is_run
#   severity: high
#   category: testing
#   requirements: [L2, L18]
#   fix: Name it *.test.ts under src or test of its project, or import it from one.
package arqonbus.testing.test_is_run

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"test_files": {"tests", "runs"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.file, sprintf("%s declares %d tests that no run loads", [row.file, row.tests])) if {
	some row in input.test_files
	not row.runs
}

deny contains report.finding(row, row.file, sprintf("%s declares no tests", [row.file])) if {
	some row in input.test_files
	row.runs
	row.tests < 1
}
