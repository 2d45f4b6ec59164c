# METADATA
# title: The worse a debt, the shorter its term
# description: >-
#   The longest term by severity is kept in policies/data/debt_budget.json.
# scope: package
# custom:
#   id: technical_debt.td_ttl_bound
#   severity: medium
#   category: technical_debt
#   requirements: [J19]
#   fix: Shorten ttl_days to the bound of its severity.
package arqonbus.technical_debt.td_ttl_bound

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"debt_items": {"id", "severity", "status", "ttl_days"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.debt_budget is missing") if not data.debt_budget

deny contains report.finding(row, row.id, msg) if {
	some row in input.debt_items
	row.status != "closed"
	bound := longest(row.severity)
	row.ttl_days > bound
	msg := sprintf("%s (%s) has a term of %d days, over the bound of %d", [row.id, row.severity, row.ttl_days, bound])
}

longest(severity) := object.get(data.debt_budget.longest_term_days, severity, 0)
