# METADATA
# title: No dependency is banned or pretends to be another
# description: >-
#   Packages that did harm, that are given up, or that do what this project forbids or already has, are listed. A
#   name one letter away from that of a well-known package is taken for an imitation.
# scope: package
# custom:
#   id: supply_chain.banned_package
#   severity: critical
#   category: supply_chain
#   requirements: [M14, A25]
#   fix: Take what the reason names; for a name that only looks like another, add it to the well-known names in tools/policy-inputs.
package arqonbus.supply_chain.banned_package

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"dependencies": {"name", "alias", "own"},
	"locked_packages": {"name", "dev"},
	"similar_names": {"name", "resembles"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.packages is missing") if not data.packages

deny contains report.finding(row, name, sprintf("%s is banned: %s", [name, reason])) if {
	some row in input.dependencies
	some name, reason in data.packages.banned
	name in {row.name, row.alias}
}

deny contains report.finding(row, row.name, sprintf("%s is banned: %s", [row.name, data.packages.banned[row.name]])) if {
	some row in input.locked_packages
	data.packages.banned[row.name]
	not is_tool(row)
}

deny contains report.finding(row, row.name, sprintf("%s could be taken for %s", [row.name, row.resembles])) if some row in input.similar_names

is_tool(row) if {
	row.dev
	row.name in data.packages.banned_in_development_allowed
}
