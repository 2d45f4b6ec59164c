# METADATA
# title: No test is tried again
# description: >-
#   A test that passes the second time is flaky, and flaky tests are bugs. A retry is allowed only where it is listed together with an open item of
#   the debt register.
# scope: package
# custom:
#   id: testing.retries_zero
#   severity: medium
#   category: testing
#   requirements: [L18]
#   fix: Find the race; or list the place in policies/data/allowed_patterns.json with an open debt and its number of retries.
package arqonbus.testing.retries_zero

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"runner_settings": {"option", "most", "text"}, "runner_flags": {"option", "most", "text"}, "debt_items": {"id", "status"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.option, sprintf("%s tries failed tests again", [row.text])) if {
	some row in array.concat(input.runner_settings, input.runner_flags)
	row.option in {"retry", "retries"}
	row.most != 0
	not is_allowed(row)
}

is_allowed(row) if {
	row.most > 0
	some entry in data.allowed_patterns["testing.retries_zero"]
	entry.file == row.file
	row.most <= entry.most
	entry.td in open_debts
	entry.reason != ""
}

open_debts contains row.id if {
	some row in input.debt_items
	row.status == "open"
}
