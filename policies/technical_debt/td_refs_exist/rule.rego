# METADATA
# title: An item points at what it is about
# description: >-
#   Every ref of an open item is a file or folder of the repository: when it is gone, the debt is paid or has moved.
# scope: package
# custom:
#   id: technical_debt.td_refs_exist
#   severity: low
#   category: technical_debt
#   requirements: [J19, P11]
#   fix: Correct the ref, or close the item.
package arqonbus.technical_debt.td_refs_exist

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"debt_refs": {"id", "ref", "exists", "open"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.ref, sprintf("%s names %s, which is not there", [row.id, row.ref])) if {
	some row in input.debt_refs
	row.open
	not row.exists
}
