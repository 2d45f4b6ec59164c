# METADATA
# title: Open debts stay within the budget
# description: >-
#   How many items of each severity may be open at a time is kept in policies/data/debt_budget.json.
# scope: package
# custom:
#   id: technical_debt.debt_budget
#   severity: medium
#   category: technical_debt
#   requirements: [J19]
#   fix: Pay a debt of that severity before another is taken.
package arqonbus.technical_debt.debt_budget

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"debt_items": {"id", "severity", "status"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.debt_budget is missing") if not data.debt_budget

deny contains report.finding(row, row.id, sprintf("%d open items are %s, over the budget of %d", [count(rows), severity, budget(severity)])) if {
	some severity, rows in by_severity
	count(rows) > budget(severity)
	some row in rows
}

budget(severity) := object.get(data.debt_budget.open_items, severity, 0)

by_severity[severity] contains row if {
	some row in input.debt_items
	row.status != "closed"
	severity := row.severity
}
