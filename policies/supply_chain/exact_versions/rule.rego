# METADATA
# title: Dependencies have one exact version
# description: >-
#   A range, a tag or a star lets the registry decide what is installed next. Every declared dependency and
#   override names one version; packages of this workspace are taken as *.
# scope: package
# custom:
#   id: supply_chain.exact_versions
#   severity: high
#   category: supply_chain
#   requirements: [M13, A29]
#   fix: Write the version that package-lock.json has, without ^, ~ or a tag; for a package of this workspace write *.
package arqonbus.supply_chain.exact_versions

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"dependencies": {"name", "section", "spec", "kind", "own"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.name, sprintf("%s in %s is %s, not one version", [row.name, row.section, loose[row.kind]])) if {
	some row in input.dependencies
	not row.own
	row.section != "bundleDependencies"
	not startswith(row.spec, "$")
	row.kind in object.keys(loose)
}

deny contains report.finding(row, row.name, sprintf("%s is a package of this workspace and is not taken as *", [row.name])) if {
	some row in input.dependencies
	row.own
	row.spec != "*"
}

loose := {"range": "a range", "any": "any version", "tag": "a tag", "workspace": "a protocol that npm does not know", "patch": "a patch"}
