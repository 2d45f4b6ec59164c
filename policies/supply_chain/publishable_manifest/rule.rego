# METADATA
# title: What is published is complete
# description: >-
#   A package without "private": true is published one day. Only listed ones are, and their manifest has what a
#   user and the registry need: version, licence, description, files, exports, the lowest Node, provenance and
#   public access, and no dependency that is not published.
# scope: package
# custom:
#   id: supply_chain.publishable_manifest
#   severity: high
#   category: supply_chain
#   requirements: [Q2, Q3]
#   fix: "Write \"private\": true into the manifest; for one that is to be published, complete it and list it in policies/data/packages.json."
package arqonbus.supply_chain.publishable_manifest

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"packages": {"root", "name", "version", "description", "license", "private", "files", "has_exports", "provenance", "access", "node_engine"},
	"dependencies": {"name", "section", "own", "own_private", "publishable"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.packages is missing") if not data.packages

deny contains report.finding(row, row.name, sprintf("%s is not private and not among what is published", [row.name])) if {
	some row in input.packages
	not row.private
	not row.name in data.packages.published
}

deny contains report.finding(row, row.name, sprintf("%s is to be published and is private", [row.name])) if {
	some row in input.packages
	row.private
	row.name in data.packages.published
}

deny contains report.finding(row, row.name, sprintf("%s lacks %s", [row.name, fault])) if {
	some row in input.packages
	not row.private
	some fault in faults(row)
}

deny contains report.finding(row, row.name, sprintf("a published package depends on %s, which nobody can install", [row.name])) if {
	some row in input.dependencies
	row.publishable
	row.section in {"dependencies", "peerDependencies", "optionalDependencies"}
	row.own
}

faults(row) := {fault |
	some fault, holds in {
		"an exact version": regex.match(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`, row.version),
		"a description": row.description != "",
		"a licence": row.license != "",
		"files": count(row.files) > 0,
		"exports": row.has_exports,
		"engines.node": row.node_engine != "",
		"publishConfig.provenance": row.provenance,
		"publishConfig.access public": row.access == "public",
	}
	not holds
}
