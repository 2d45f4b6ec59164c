# METADATA
# title: No package is given up by its authors
# description: >-
#   The registry marks what its authors no longer look after. Such a package gets no fix.
# scope: package
# custom:
#   id: supply_chain.no_deprecated_package
#   severity: medium
#   category: supply_chain
#   requirements: [M12]
#   fix: Replace the package, or the one that needs it.
package arqonbus.supply_chain.no_deprecated_package

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"locked_packages": {"name", "version", "deprecated"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

warn contains report.finding(row, row.name, sprintf("%s %s is deprecated", [row.name, row.version])) if {
	some row in input.locked_packages
	row.deprecated
}
