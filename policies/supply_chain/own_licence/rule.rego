# METADATA
# title: Our packages state our licence
# description: >-
#   Each package.json of this repository states the licence of the repository.
# scope: package
# custom:
#   id: supply_chain.own_licence
#   severity: medium
#   category: supply_chain
#   requirements: [M12, Q2]
#   fix: "Write \"license\": \"Apache-2.0\" into the manifest."
package arqonbus.supply_chain.own_licence

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"packages": {"name", "license"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.licences is missing") if not data.licences

deny contains report.finding(row, row.name, sprintf("%s states %s", [row.name, described(row.license)])) if {
	some row in input.packages
	row.license != data.licences.own
}

described(license) := "no licence" if license == ""

else := sprintf("the licence %s", [license])
