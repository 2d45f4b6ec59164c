# METADATA
# title: No dependency runs code while it is installed
# description: >-
#   A package that wants an install script is refused by name in allowScripts of the top manifest. None is granted
#   one.
# scope: package
# custom:
#   id: supply_chain.no_install_scripts
#   severity: critical
#   category: supply_chain
#   requirements: [M14, L29]
#   fix: Add the package to allowScripts in package.json with false; if it does not work without, find one that does.
package arqonbus.supply_chain.no_install_scripts

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"locked_packages": {"name", "folder", "install_script"},
	"script_decisions": {"root", "name", "decision"},
	"packages": {"root"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.packages is missing") if not data.packages

deny contains report.finding(row, row.name, sprintf("%s wants to run an install script, and allowScripts does not refuse it", [row.name])) if {
	some row in input.locked_packages
	row.install_script
	not is_refused(row)
	not data.packages.install_scripts[row.name]
}

deny contains report.finding(row, row.name, sprintf("allowScripts lets %s run code while it is installed", [row.name])) if {
	some row in input.script_decisions
	row.decision != "denied"
	not data.packages.install_scripts[row.name]
}

deny contains report.finding(row, row.name, sprintf("allowScripts of %s is not read: it belongs to the top manifest", [row.name])) if {
	some row in input.script_decisions
	row.root != ""
}

refused contains bare(row.name) if {
	some row in input.script_decisions
	row.root == ""
	row.decision == "denied"
}

# A key may name a version behind the name.
bare(key) := concat("@", array.slice(parts, 0, count(parts) - 1)) if {
	regex.match(`^.+@[^@/]+$`, key)
	parts := split(key, "@")
}

bare(key) := key if not regex.match(`^.+@[^@/]+$`, key)

is_refused(row) if row.name in refused

is_refused(row) if row.folder in refused
