# METADATA
# title: A test that does not run names its debt
# description: >-
#   A test that is skipped in every run, awaited to fail, only named or commented out is debt, and so is one that returns at once in some runs. It
#   names an open item of the register; a test that is skipped by a condition says why.
# scope: package
# custom:
#   id: testing.skipped_test_needs_td
#   severity: medium
#   category: testing
#   requirements: [L18, J18, L28]
#   fix: Run the test, remove it, or open an item in docs/technical_debt and name its id in the title or the comment above.
package arqonbus.testing.skipped_test_needs_td

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"test_modifiers": {"modifier", "title", "constant", "reason", "td"}, "debt_items": {"id", "status"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.title, msg) if {
	some row in input.test_modifiers
	is_left_out(row)
	not names_open_debt(row)
	msg := sprintf(`the test "%s" is left out (%s) without an open item of the debt register`, [row.title, row.modifier])
}

deny contains report.finding(row, row.title, sprintf("%s says not why, in at least 10 characters", [row.title])) if {
	some row in input.test_modifiers
	row.modifier == "context_skip"
	not row.constant
	row.reason == ""
}

is_left_out(row) if row.modifier in {"skip", "todo", "fails", "failing", "pending", "commented", "return"}

is_left_out(row) if {
	row.modifier in {"skipIf", "runIf", "context_skip"}
	row.constant
}

names_open_debt(row) if {
	some id in row.td
	id in open_debts
}

open_debts contains row.id if {
	some row in input.debt_items
	row.status == "open"
}
