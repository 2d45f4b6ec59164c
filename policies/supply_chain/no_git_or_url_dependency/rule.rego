# METADATA
# title: Dependencies come from the registry
# description: >-
#   What is fetched from git, from an address or from a folder has no checksum that the registry vouches for, and
#   changes under its name. A fork that cannot be avoided is listed with its commit.
# scope: package
# custom:
#   id: supply_chain.no_git_or_url_dependency
#   severity: high
#   category: supply_chain
#   requirements: [M13]
#   fix: Take the published package; else list name, commit and reason in policies/data/packages.json under pinned_sources.
package arqonbus.supply_chain.no_git_or_url_dependency

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"dependencies": {"name", "section", "kind", "commit"},
	"locked_packages": {"name", "source"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.packages is missing") if not data.packages

deny contains report.finding(row, row.name, sprintf("%s in %s is fetched from a %s", [row.name, row.section, row.kind])) if {
	some row in input.dependencies
	row.kind in outside
	not is_pinned(row)
}

deny contains report.finding(row, row.name, sprintf("package-lock.json fetches %s from a %s", [row.name, row.source])) if {
	some row in input.locked_packages
	row.source in {"git", "file"}
	not data.packages.pinned_sources[row.name]
}

outside := {"git", "url", "file", "patch"}

is_pinned(row) if {
	row.kind in {"git", "url"}
	regex.match(`^[0-9a-f]{40}$`, row.commit)
	data.packages.pinned_sources[row.name].commit == row.commit
}
