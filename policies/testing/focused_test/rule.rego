# METADATA
# title: No test runs alone
# description: >-
#   A focused test leaves all others of its file out and the run is green.
# scope: package
# custom:
#   id: testing.focused_test
#   severity: high
#   category: testing
#   requirements: [J10, L28, L23]
#   fix: Remove .only; run one test with `npx vitest -t`.
package arqonbus.testing.focused_test

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"test_modifiers": {"modifier", "title"}, "runner_settings": {"option", "most"}, "runner_flags": {"option", "most"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.title, sprintf(`the test or suite "%s" runs alone`, [row.title])) if {
	some row in input.test_modifiers
	row.modifier == "only"
}

deny contains report.finding(row, row.option, "the test runner is told to accept focused tests") if {
	some row in array.concat(input.runner_settings, input.runner_flags)
	row.option == "allowOnly"
	row.most != 0
}
