# METADATA
# title: Tests do not leave in silence
# description: >-
#   Against a base commit, the number of tests that a project declares does not fall, unless the change carries the label tests-removed.
# scope: package
# custom:
#   id: testing.tests_not_removed
#   severity: medium
#   category: testing
#   requirements: [L23, L22]
#   fix: Bring the tests back; or set the label tests-removed and say what proves the behaviour now.
package arqonbus.testing.tests_not_removed

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"changed_code": {"kind", "tests_before", "tests_now"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.project, sprintf("%s loses %d tests", [project, lost])) if {
	not "tests-removed" in input.meta.labels
	some project, rows in by_project
	lost := sum([each.tests_before | some each in rows]) - sum([each.tests_now | some each in rows])
	lost > 0
	some row in rows
	row.tests_before > row.tests_now
}

by_project[row.project] contains row if {
	some row in input.changed_code
	row.kind == "test"
}
