# METADATA
# title: Ids of debts lead to open items
# description: >-
#   An id in the code that is not in the register, or of a closed item, is a mark without a debt behind it.
# scope: package
# custom:
#   id: technical_debt.td_dangling
#   severity: medium
#   category: technical_debt
#   requirements: [J18, J19]
#   fix: Correct the id, open the item again, or finish the work and remove the mark.
package arqonbus.technical_debt.td_dangling

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"work_markers": {"td"}, "file_markers": {"td"}, "unfinished_code": {"td"}, "test_modifiers": {"td"}, "debt_items": {"id", "status"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, id, sprintf("%s is not in docs/technical_debt", [id])) if {
	some row in named
	some id in row.td
	not id in known
}

deny contains report.finding(row, id, sprintf("%s is closed, and the work is still marked here", [id])) if {
	some row in named
	some id in row.td
	id in known
	not id in open
}

named contains row if some row in array.concat(input.work_markers, input.file_markers)

named contains row if some row in array.concat(input.unfinished_code, input.test_modifiers)

known contains row.id if some row in input.debt_items

open contains row.id if {
	some row in input.debt_items
	row.status != "closed"
}
