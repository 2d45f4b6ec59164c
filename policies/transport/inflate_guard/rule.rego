# METADATA
# title: Nothing inflates beyond its bound
# description: >-
#   Compression of messages is off on every socket, calls that inflate give maxOutputLength, the governed ratio is at most 8, and a
#   test that runs asserts that a peer which offers compression is not granted it.
# scope: package
# custom:
#   id: transport.inflate_guard
#   severity: critical
#   category: transport
#   requirements: [G3, G5, G7]
#   fix: Set perMessageDeflate to false and compression to 0, give maxOutputLength, and keep the assertion on extensions in the contract of the transport.
package arqonbus.transport.inflate_guard

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"inflate_sites": {"kind", "value", "safe", "test"}, "governed_identifiers": {"group", "name", "number"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.kind, sprintf("%s: %s", [replace(row.kind, "_", " "), row.value])) if {
	some row in input.inflate_sites
	row.kind != "guard_test"
	not row.test
	not row.safe
}

deny contains report.finding(home, "guard_test", "no test asserts that the transport grants no compression") if {
	count([row | some row in input.inflate_sites; is_guard(row)]) == 0
}

deny contains report.finding(home, "inflateRatio", "the governed ratio of inflating is not known or above 8") if {
	count([row | some row in input.governed_identifiers; is_bounded(row)]) == 0
}

home := {"file": "libs/transport/src/upgrade.contract.ts", "line": 1, "project": "@arqonbus/transport"}

is_guard(row) if {
	row.kind == "guard_test"
	row.safe
	startswith(row.file, "libs/transport/")
}

is_bounded(row) if {
	row.group == "hard_caps"
	row.name == "inflateRatio"
	row.number >= 1
	row.number <= 8
}
