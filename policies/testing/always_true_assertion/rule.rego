# METADATA
# title: An assertion can fail
# description: >-
#   An assertion over constants, over one name against itself, or that is begun and never made holds whatever the code does.
# scope: package
# custom:
#   id: testing.always_true_assertion
#   severity: medium
#   category: testing
#   requirements: [L4, J8]
#   fix: Assert the value that the code under test gives against the one that is expected.
package arqonbus.testing.always_true_assertion

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"constant_assertions": {"text", "form"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.text, sprintf("%s %s", [row.text, said[row.form]])) if some row in input.constant_assertions

deny contains report.incomplete(sprintf("unknown form %s", [row.form])) if {
	some row in input.constant_assertions
	not said[row.form]
}

said := {
	"constant": "is always true",
	"same": "compares a value with itself",
	"bound": "is always true: a length is never negative",
	"no_matcher": "asserts nothing: no matcher is called",
	"not_awaited": "is not awaited: the test ends before it is made",
}
