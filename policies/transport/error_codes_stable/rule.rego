# METADATA
# title: Error codes keep their number, kind and meaning
# description: >-
#   Each error code has the number, audience, close code and answer to whether a retry helps that the baseline has. Texts for people
#   may change.
# scope: package
# custom:
#   id: transport.error_codes_stable
#   severity: high
#   category: transport
#   requirements: [G10, G32, B14]
#   fix: Put the approved identifier back; to change it run npm run policy:baselines and have the entry approved (class 0, for additions class 1).
package arqonbus.transport.error_codes_stable

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"governed_identifiers": {"group", "name", "value", "base_value", "change", "readable"}}

groups := {"error_codes"}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete(sprintf("no error code of the group %s is known", [group])) if {
	some group in groups
	not group in {row.group | some row in input.governed_identifiers}
}

deny contains report.finding(row, row.name, sprintf("%s %s: approved %s, now %s", [label(row), row.change, shown(row.base_value), shown(row.value)])) if {
	some row in input.governed_identifiers
	row.group in groups
	row.change != "none"
}

deny contains report.finding(row, row.name, sprintf("%s cannot be read", [label(row)])) if {
	some row in input.governed_identifiers
	row.group in groups
	not row.readable
}

label(row) := sprintf("%s %s", [trim_suffix(replace(row.group, "_", " "), "s"), row.name])

default shown(_) := "none"

shown(value) := value if value != ""
