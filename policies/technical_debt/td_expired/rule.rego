# METADATA
# title: Debts are paid in time
# description: >-
#   An open item whose last day has passed blocks; 14 days earlier it warns.
# scope: package
# custom:
#   id: technical_debt.td_expired
#   severity: high
#   category: technical_debt
#   requirements: [J19]
#   fix: Pay the debt and close the item; or give it a new term in a change that says why (label debt-extended).
package arqonbus.technical_debt.td_expired

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"debt_items": {"id", "status", "expires", "days_left", "owner"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.id, sprintf("%s of %s ran out on %s", [row.id, row.owner, row.expires])) if {
	some row in input.debt_items
	row.status != "closed"
	row.days_left < 0
}

warn contains report.finding(row, row.id, sprintf("%s of %s runs out on %s", [row.id, row.owner, row.expires])) if {
	some row in input.debt_items
	row.status != "closed"
	row.days_left >= 0
	row.days_left <= warned_days
}

warned_days := 14
