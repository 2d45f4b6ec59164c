# METADATA
# title: No debugger statement is committed
# description: >-
#   It stops a process that is being debugged and is left over from somebody looking for a fault.
# scope: package
# custom:
#   id: technical_debt.debugger_statement
#   severity: medium
#   category: technical_debt
#   requirements: [L28]
#   fix: Remove it.
package arqonbus.technical_debt.debugger_statement

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"unfinished_code": {"form"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, "debugger", "a debugger statement is left in the code") if {
	some row in input.unfinished_code
	row.form == "debugger"
}
