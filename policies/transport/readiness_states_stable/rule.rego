# METADATA
# title: Readiness states are as approved
# description: >-
#   Ready, Degraded and NotReady are what probes and operators decide by. The list is that of the baseline.
# scope: package
# custom:
#   id: transport.readiness_states_stable
#   severity: high
#   category: transport
#   requirements: [G9, G32]
#   fix: Put the approved identifier back; to change it run npm run policy:baselines and have the entry approved (class 0, for additions class 1).
package arqonbus.transport.readiness_states_stable

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"governed_identifiers": {"group", "name", "value", "base_value", "change", "readable"}}

groups := {"readiness_states"}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete(sprintf("no state of the group %s is known", [group])) if {
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
