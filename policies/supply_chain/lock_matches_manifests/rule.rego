# METADATA
# title: Manifests and lockfile say the same
# description: >-
#   What a package.json declares is in the lockfile, in that version, so that npm ci installs what was reviewed.
# scope: package
# custom:
#   id: supply_chain.lock_matches_manifests
#   severity: high
#   category: supply_chain
#   requirements: [M13]
#   fix: Run npm install and commit package-lock.json together with the manifest.
package arqonbus.supply_chain.lock_matches_manifests

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"dependencies": {"name", "section", "spec", "kind", "version", "locked", "locked_version", "locked_spec"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.name, sprintf("%s is declared and not in the lockfile", [row.name])) if {
	some row in input.dependencies
	row.section in sections
	not row.locked
}

deny contains report.finding(row, row.name, sprintf("%s is declared as %s and locked as %s", [row.name, row.version, row.locked_version])) if {
	some row in input.dependencies
	row.section in sections
	row.kind == "exact"
	row.locked
	row.version != row.locked_version
}

deny contains report.finding(row, row.name, sprintf("the lockfile repeats %s of %s in another way", [row.name, row.section])) if {
	some row in input.dependencies
	row.section in sections
	row.locked
	row.spec != row.locked_spec
}

sections := {"dependencies", "devDependencies", "optionalDependencies", "peerDependencies"}
