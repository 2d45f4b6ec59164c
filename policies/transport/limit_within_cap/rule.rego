# METADATA
# title: No code sets a limit above the hard cap
# description: >-
#   What one message may hold and how long a connection may be silent comes from the settings and hard caps. A number in the code above
#   them, none at all, or an arithmetic that goes beyond a cap would raise the cap unseen.
# scope: package
# custom:
#   id: transport.limit_within_cap
#   severity: critical
#   category: transport
#   requirements: [G1, G4, G5, G36]
#   fix: Take the value from hardCaps or from a setting that a hard cap bounds.
package arqonbus.transport.limit_within_cap

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"limit_literals": {"option", "kind", "value", "form"},
	"governed_identifiers": {"group", "name", "number"},
}

# The longest silence that the native engine can count, in seconds.
longest_silence := 960

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.incomplete("the hard cap frameBytes is not there") if count(frame_caps) != 1

deny contains report.finding(row, row.option, sprintf("%s is %s, and %s", [row.option, shown(row), fault])) if {
	some row in input.limit_literals
	not allowed.covers("transport.limit_within_cap", row)
	some fault in faults_of(row)
}

faults_of(row) := {"nothing bounds it"} if {
	row.form != "number"
} else := {"0 is no bound"} if {
	row.value <= 0
} else := above_cap(row) | above_silence(row)

above_cap(row) := {sprintf("the hard cap is %s", [format_int(cap, 10)]) |
	row.kind == "payload"
	some cap in frame_caps
	row.value > cap
}

above_silence(row) := {sprintf("the most is %d s", [longest_silence]) |
	row.kind == "silence"
	row.value > longest_silence
}

shown(row) := "not given" if row.form == "none"

shown(row) := "more than a hard cap" if row.form == "raised"

shown(row) := format_int(row.value, 10) if row.form == "number"

frame_caps contains row.number if {
	some row in input.governed_identifiers
	row.group == "hard_caps"
	row.name == "frameBytes"
}
