# METADATA
# title: A hard cap is as approved
# description: >-
#   The caps of libs/errors/src/governed.ts are those of policies/data/governed_baseline.json, and none lies above what the
#   requirements allow at most. A cap that is raised, lowered, added, taken away or computed from what cannot be read denies; the
#   baseline itself changes only by an approval of class 0.
# scope: package
# custom:
#   id: transport.hard_cap_not_raised
#   severity: critical
#   category: transport
#   requirements: [G1, G2, G4, G5, G18, G36]
#   fix: Put the approved value back; to change a cap run npm run policy:baselines and have the entry approved (class 0).
package arqonbus.transport.hard_cap_not_raised

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"governed_identifiers": {"group", "name", "value", "number", "base_value", "change", "readable"}}

# What the requirements allow at most, whoever approves.
ceilings := {"frameBytes": 1048576, "clientFrameBytes": 1048576, "envelopeBytes": 1048576, "chunkBytes": 65536, "inflateRatio": 8}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete(sprintf("the cap %s is not there", [name])) if {
	some name in object.keys(ceilings)
	not name in {row.name | some row in caps}
}

deny contains report.finding(row, row.name, sprintf("hard cap %s %s: approved %s, now %s", [row.name, row.change, approved, now])) if {
	some row in caps
	row.change != "none"
	approved := shown(row.base_value)
	now := shown(row.value)
}

deny contains report.finding(row, row.name, sprintf("the hard cap %s cannot be read: %s", [row.name, row.value])) if {
	some row in caps
	not row.readable
}

deny contains report.finding(row, row.name, sprintf("the hard cap %s is %s, the requirements allow %s", [row.name, is, allowed])) if {
	some row in caps
	row.number > ceilings[row.name]
	is := format_int(row.number, 10)
	allowed := format_int(ceilings[row.name], 10)
}

caps contains row if {
	some row in input.governed_identifiers
	row.group == "hard_caps"
}

default shown(_) := "none"

shown(value) := value if value != ""
