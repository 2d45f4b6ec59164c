# METADATA
# title: Aliases of packages are listed
# description: >-
#   An alias hides which package is installed. Those that are needed are listed with the package and the reason.
# scope: package
# custom:
#   id: supply_chain.alias_named
#   severity: medium
#   category: supply_chain
#   requirements: [M14]
#   fix: Use the real name, or list the alias in policies/data/packages.json.
package arqonbus.supply_chain.alias_named

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"dependencies": {"name", "alias"},
	"locked_packages": {"folder", "name", "source"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.packages is missing") if not data.packages

deny contains report.finding(row, row.name, sprintf("%s is an alias of %s that is not listed", [row.name, row.alias])) if {
	some row in input.dependencies
	row.alias != ""
	not is_listed(row.name, row.alias)
}

deny contains report.finding(row, row.folder, sprintf("the lockfile installs %s as %s", [row.name, row.folder])) if {
	some row in input.locked_packages
	row.source == "registry"
	row.folder != row.name
	not is_listed(row.folder, row.name)
}

is_listed(name, real) if data.packages.aliases[name].name == real
