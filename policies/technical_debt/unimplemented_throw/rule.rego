# METADATA
# title: Code that is committed is finished
# description: >-
#   A function that only says that it is not implemented compiles, is called, and fails in production. In production code it is refused, unless it
#   names an item of the register.
# scope: package
# custom:
#   id: technical_debt.unimplemented_throw
#   severity: high
#   category: technical_debt
#   requirements: [L28, J18]
#   fix: Implement it, or leave the function out until it is.
package arqonbus.technical_debt.unimplemented_throw

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"unfinished_code": {"form", "td", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, "unimplemented", "code that says it is not implemented") if {
	some row in input.unfinished_code
	row.form == "unimplemented"
	not row.test
	count(row.td) == 0
}

warn contains report.finding(row, "unimplemented", sprintf("code that says it is not implemented (%s)", [concat(", ", row.td)])) if {
	some row in input.unfinished_code
	row.form == "unimplemented"
	not row.test
	count(row.td) > 0
}
