# METADATA
# title: npm is set to refuse what was not reviewed
# description: >-
#   The .npmrc at the top makes npm refuse install scripts that nobody decided on and keeps addresses out of the
#   lockfile. No .npmrc switches a safety off or holds a credential.
# scope: package
# custom:
#   id: supply_chain.npm_settings
#   severity: high
#   category: supply_chain
#   requirements: [M14]
#   fix: Restore the setting in .npmrc; keep credentials in the environment.
package arqonbus.supply_chain.npm_settings

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"npm_settings": {"key", "value", "credential"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.packages is missing") if not data.packages

deny contains report.finding(nowhere, key, sprintf(".npmrc does not set %s=%s", [key, value])) if {
	some key, value in data.packages.npm_settings
	not is_given(key, value)
}

deny contains report.finding(row, row.key, sprintf("%s=%s switches a safety off", [row.key, row.value])) if {
	some row in input.npm_settings
	sprintf("%s=%s", [row.key, row.value]) in data.packages.forbidden_npm_settings
}

deny contains report.finding(row, row.key, sprintf("%s belongs in no file of the repository", [row.key])) if {
	some row in input.npm_settings
	row.credential
}

nowhere := {"file": ".npmrc", "line": 1, "project": "workspace"}

is_given(key, value) if {
	some row in input.npm_settings
	row.file == ".npmrc"
	row.key == key
	row.value == value
}
