# METADATA
# title: Our own packages run nothing while they are installed
# description: >-
#   npm runs preinstall, install, postinstall and prepare of a package by itself. Ours have none, so that npm ci
#   and a user who installs the client execute nothing.
# scope: package
# custom:
#   id: supply_chain.no_lifecycle_scripts
#   severity: high
#   category: supply_chain
#   requirements: [M14]
#   fix: Give the script another name and start it where it is needed.
package arqonbus.supply_chain.no_lifecycle_scripts

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"package_scripts": {"name"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.name, sprintf("npm runs the script %s by itself", [row.name])) if {
	some row in input.package_scripts
	row.name in automatic
}

automatic := {
	"preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare",
	"prepublish", "dependencies", "preuninstall", "uninstall", "postuninstall",
}
