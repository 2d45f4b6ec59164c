# METADATA
# title: An item of the register says all that is asked
# description: >-
#   Each file in docs/technical_debt but README.md has front matter with id, title, severity, owner, created, ttl_days, status and refs, a heading of
#   id and title, and a section with the exit plan. Its name begins with its id, which no other has.
# scope: package
# custom:
#   id: technical_debt.td_fields
#   severity: medium
#   category: technical_debt
#   requirements: [J19, P11]
#   fix: Write the item as docs/technical_debt/README.md shows.
package arqonbus.technical_debt.td_fields

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"debt_items": {"id", "faults"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.id, sprintf("the item %s", [fault])) if {
	some row in input.debt_items
	some fault in row.faults
}

deny contains report.finding(row, row.id, sprintf("the id %s is not TD- and three digits or more", [row.id])) if {
	some row in input.debt_items
	not regex.match(`^TD-\d{3,}$`, row.id)
}
