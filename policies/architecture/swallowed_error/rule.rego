# METADATA
# title: No error disappears
# description: >-
#   No empty catch, no rejection handler that does nothing, no empty handler of the event error or of what nobody caught, and no outcomes
#   of Promise.allSettled that nobody reads; a comment in it is no handling. What may be ignored is logged, or allowed by name with the reason.
# scope: package
# custom:
#   id: architecture.swallowed_error
#   severity: high
#   category: architecture
#   requirements: [S19, S18]
#   fix: Handle the error, log why it may be ignored, or let it through.
package arqonbus.architecture.swallowed_error

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"swallowed_errors": {"form", "test"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.form, sprintf("an error disappears here: %s", [meaning(row.form)])) if {
	some row in input.swallowed_errors
	not is_of_a_test(row)
	not allowed.covers("architecture.swallowed_error", row)
}

# In a test a rejection may be awaited elsewhere, and a socket be cut on purpose.
is_of_a_test(row) if {
	row.test == true
	row.form in {"promise", "event", "settled"}
}

meanings := {
	"catch": "the catch is empty",
	"promise": "the rejection handler does nothing",
	"process": "what nobody caught is ignored",
	"event": "the handler of the event error does nothing",
	"settled": "nobody reads what Promise.allSettled says",
}

meaning(form) := object.get(meanings, form, form)
