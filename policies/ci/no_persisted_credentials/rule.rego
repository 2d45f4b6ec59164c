# METADATA
# title: The checkout leaves no token behind
# description: >-
#   actions/checkout writes the token of the workflow into .git unless told otherwise. Every checkout says
#   persist-credentials: false.
# scope: package
# custom:
#   id: ci.no_persisted_credentials
#   severity: high
#   category: ci
#   requirements: [M16]
#   fix: "Write persist-credentials: false under with of the checkout."
package arqonbus.ci.no_persisted_credentials

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"workflow_steps": {"job", "uses", "inputs"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.job, sprintf("the checkout in %s leaves its token in .git", [row.job])) if {
	some row in input.workflow_steps
	regex.match(`^[^@]*/checkout@`, row.uses)
	not "persist-credentials=false" in row.inputs
}
