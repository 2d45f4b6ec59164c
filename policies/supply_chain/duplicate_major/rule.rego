# METADATA
# title: A shipped package comes in one major version
# description: >-
#   Two major versions of one package in production are two copies with two sets of faults.
# scope: package
# custom:
#   id: supply_chain.duplicate_major
#   severity: low
#   category: supply_chain
#   requirements: [M12]
#   fix: Bring the packages that need the older one up to date.
package arqonbus.supply_chain.duplicate_major

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"locked_packages": {"name", "version", "major", "source", "dev"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

warn contains report.finding(row, name, sprintf("%s is there in the major versions %s", [name, concat(", ", sort(found))])) if {
	some name, found in majors
	count(found) > 1
	row := [row | some row in input.locked_packages; row.name == name; not row.dev][0]
}

majors[row.name] contains row.major if {
	some row in input.locked_packages
	row.source == "registry"
	not row.dev
}
