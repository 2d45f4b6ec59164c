# METADATA
# title: The packages that the design names are in use
# description: >-
#   The building blocks that the design settled on are declared: who replaces one changes the design first.
# scope: package
# custom:
#   id: supply_chain.required_packages
#   severity: medium
#   category: supply_chain
#   requirements: [A25]
#   fix: Declare the package again, or change the requirement and policies/data/packages.json.
package arqonbus.supply_chain.required_packages

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"dependencies": {"name", "alias"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.packages is missing") if not data.packages

deny contains report.finding(nowhere, name, sprintf("no manifest declares %s", [name])) if {
	some name in data.packages.required
	not name in declared
}

declared contains name if {
	some row in input.dependencies
	some name in {row.name, row.alias}
}

nowhere := {"file": "package.json", "line": 1, "project": "workspace"}
