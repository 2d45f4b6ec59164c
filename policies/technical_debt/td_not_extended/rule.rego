# METADATA
# title: A term is not moved in silence
# description: >-
#   Against a base commit, the last day of an open item may come nearer but not go away, unless the change carries the label debt-extended.
# scope: package
# custom:
#   id: technical_debt.td_not_extended
#   severity: medium
#   category: technical_debt
#   requirements: [J19]
#   fix: Pay the debt; or say in the change why it needs longer, and let its owner set the label debt-extended.
package arqonbus.technical_debt.td_not_extended

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"debt_items": {"id", "status", "expires", "expires_at_base"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.id, sprintf("the last day of %s moves from %s to %s", [row.id, row.expires_at_base, row.expires])) if {
	not "debt-extended" in input.meta.labels
	some row in input.debt_items
	row.status != "closed"
	row.expires_at_base != ""
	row.expires > row.expires_at_base
}
