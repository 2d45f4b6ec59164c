# METADATA
# title: The bus manages no other processes
# description: >-
#   Apps and libraries start no process: neither by node:child_process or node:cluster in any form nor by a package for it. The command
#   line, which starts the bus itself, is named with its files.
# scope: package
# custom:
#   id: architecture.no_child_process_in_apps
#   severity: high
#   category: architecture
#   requirements: [G11, A1]
#   fix: Leave the process to the system that runs the bus, and reach it over the network through a port.
package arqonbus.architecture.no_child_process_in_apps

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"imports": {"module", "package", "type_only", "test"},
	"project_dependencies": {"name", "installed", "section"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.module, sprintf("%s starts processes", [row.module])) if {
	some row in input.imports
	not row.test
	not row.type_only
	regex.match(`^(apps|libs)/`, row.file)
	row["package"] in starters
	not allowed.covers("architecture.no_child_process_in_apps", row)
}

deny contains report.finding(row, row.name, sprintf("%s starts processes", [row.name])) if {
	some row in input.project_dependencies
	regex.match(`^(apps|libs)/`, row.file)
	row.section != "devDependencies"
	row.installed in starters
}

starters := {
	"child_process", "cluster", "execa", "cross-spawn", "shelljs", "zx",
	"node-pty", "foreground-child", "tinyexec", "nano-spawn", "@npmcli/promise-spawn",
}
