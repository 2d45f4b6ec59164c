# METADATA
# title: Edges of histogram buckets are as approved
# description: >-
#   The edges of governed histograms are those of the baseline, each in its order. They are no setting.
# scope: package
# custom:
#   id: transport.bucket_edges_stable
#   severity: high
#   category: transport
#   requirements: [G13, G26, G32]
#   fix: Put the approved identifier back; to change it run npm run policy:baselines and have the entry approved (class 0, for additions class 1).
package arqonbus.transport.bucket_edges_stable

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"governed_identifiers": {"group", "name", "value", "base_value", "change", "readable"}}

groups := {"bucket_edges"}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete(sprintf("no bucket edge of the group %s is known", [group])) if {
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
