# METADATA
# title: A test asserts something
# description: >-
#   A test that only runs code passes whatever the code does. Counted as assertions are expect and assert, waits for a condition with an upper time,
#   throws, and functions of the file or named for it that hold one.
# scope: package
# custom:
#   id: testing.test_without_assertion
#   severity: medium
#   category: testing
#   requirements: [L4, J8]
#   fix: Assert what must be true afterwards; where only an error matters, `await expect(…).resolves` or `.rejects`.
package arqonbus.testing.test_without_assertion

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"unasserting_tests": {"title", "form"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.title, sprintf(`the test "%s" %s`, [row.title, said[row.form]])) if some row in input.unasserting_tests

deny contains report.incomplete(sprintf("unknown form %s", [row.form])) if {
	some row in input.unasserting_tests
	not said[row.form]
}

said := {
	"empty": "has an empty body",
	"no_assertion": "asserts nothing",
	"only_in_catch": "asserts only where something was thrown, and passes when nothing is",
}
