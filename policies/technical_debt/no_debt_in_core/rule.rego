# METADATA
# title: The core carries no grave debt
# description: >-
#   An open item of severity critical or high points at no project of the layers contract, domain, port, adapter, transport, sdk or app.
# scope: package
# custom:
#   id: technical_debt.no_debt_in_core
#   severity: high
#   category: technical_debt
#   requirements: [J19]
#   fix: Pay the debt before the change is merged.
package arqonbus.technical_debt.no_debt_in_core

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"debt_refs": {"id", "ref", "target", "open", "severity"}, "projects": {"layer"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.id, sprintf("%s is a debt of severity %s in %s", [row.id, row.severity, row.target])) if {
	some row in input.debt_refs
	row.open
	not row.severity in {"medium", "low"}
	row.target in core
}

core contains row.project if {
	some row in input.projects
	row.layer in {"contract", "domain", "port", "adapter", "transport", "sdk", "app"}
}
