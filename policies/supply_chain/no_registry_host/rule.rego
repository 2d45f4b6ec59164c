# METADATA
# title: No file names a package registry
# description: >-
#   Where packages come from is a setting of the machine that installs. No committed file names the host of a
#   registry, in an .npmrc, a lockfile, a script or a workflow.
# scope: package
# custom:
#   id: supply_chain.no_registry_host
#   severity: medium
#   category: supply_chain
#   requirements: [M14, M13]
#   fix: Remove the address; set the registry in the environment of the machine.
package arqonbus.supply_chain.no_registry_host

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"registry_hosts": {"registry"},
	"npm_settings": {"key"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.registry, sprintf("names the host of a registry (%s)", [row.registry])) if some row in input.registry_hosts

deny contains report.finding(row, "registry", "sets a registry for everybody who clones") if {
	some row in input.npm_settings
	row.key == "registry"
}
