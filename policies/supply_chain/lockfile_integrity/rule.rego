# METADATA
# title: The lockfile vouches for every package
# description: >-
#   There is one lockfile, of npm, at the top. Each package that comes from a registry has a SHA-512 checksum in
#   it, and no address that binds it to one registry.
# scope: package
# custom:
#   id: supply_chain.lockfile_integrity
#   severity: critical
#   category: supply_chain
#   requirements: [M13, M14, A25]
#   fix: Run npm install with the settings of .npmrc and commit package-lock.json as npm wrote it.
package arqonbus.supply_chain.lockfile_integrity

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"lockfiles": {"lock_version", "entries"},
	"locked_packages": {"name", "source", "integrity_algorithm", "integrity_bytes", "has_resolved"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(nowhere, "package-lock.json", "there is no package-lock.json with packages in it") if not has_lock

deny contains report.finding(row, row.file, sprintf("%s is a second lockfile", [row.file])) if {
	some row in input.lockfiles
	row.file != "package-lock.json"
}

deny contains report.finding(row, row.name, sprintf("%s has no SHA-512 checksum in the lockfile", [row.name])) if {
	some row in input.locked_packages
	row.source == "registry"
	not is_whole(row)
}

deny contains report.finding(row, row.name, sprintf("the lockfile binds %s to one address", [row.name])) if {
	some row in input.locked_packages
	row.source == "registry"
	row.has_resolved
}

nowhere := {"file": "package-lock.json", "line": 1, "project": "workspace"}

has_lock if {
	some row in input.lockfiles
	row.file == "package-lock.json"
	row.lock_version == 3
	row.entries > 0
}

is_whole(row) if {
	row.integrity_algorithm == "sha512"
	row.integrity_bytes == 64
}
