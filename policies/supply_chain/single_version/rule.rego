# METADATA
# title: All projects use one version of a package
# description: >-
#   A dependency that several projects declare has the same version in each.
# scope: package
# custom:
#   id: supply_chain.single_version
#   severity: medium
#   category: supply_chain
#   requirements: [M12, A29]
#   fix: Give all manifests the same version.
package arqonbus.supply_chain.single_version

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"dependencies": {"name", "section", "spec", "own"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.name, sprintf("%s is %s here; elsewhere %s", [row.name, row.spec, concat(", ", sort(others))])) if {
	some row in input.dependencies
	is_counted(row)
	others := versions[row.name] - {row.spec}
	count(others) > 0
}

versions[row.name] contains row.spec if {
	some row in input.dependencies
	is_counted(row)
}

is_counted(row) if {
	not row.own
	row.section in {"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"}
}
