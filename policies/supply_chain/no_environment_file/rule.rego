# METADATA
# title: No environment or key file is committed
# description: >-
#   Files whose name says that they hold settings of one machine, keys or credentials stay out of the repository.
# scope: package
# custom:
#   id: supply_chain.no_environment_file
#   severity: critical
#   category: supply_chain
#   requirements: [L29, M14]
#   fix: Remove the file, change what it held, and keep it in a secret store; commit an .env.example without values.
package arqonbus.supply_chain.no_environment_file

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"committed_files": {"path", "kind"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.path, sprintf("%s holds settings of one machine", [row.path])) if {
	some row in input.committed_files
	row.kind == "environment"
	not regex.match(`(^|/)\.env\.(example|sample|template)$`, row.path)
}

deny contains report.finding(row, row.path, sprintf("%s is named like a key or a credential", [row.path])) if {
	some row in input.committed_files
	row.kind == "credential"
}
