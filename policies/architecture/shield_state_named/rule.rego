# METADATA
# title: What the Shield keeps is named
# description: >-
#   Each map, set or array that a class or a record of the Shield holds from one message to the next is listed with its reason in
#   data.allowed_patterns: state of connections, limits and the way of frames. What belongs to rooms and episodes is the Spine's.
# scope: package
# custom:
#   id: architecture.shield_state_named
#   severity: high
#   category: architecture
#   requirements: [A5, A16, G7]
#   fix: Ask the Spine for it. State of connections alone, with a bound and an end, is named in policies/data/allowed_patterns.json.
package arqonbus.architecture.shield_state_named

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"kept_collections": {"owner", "name"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, subject(row), sprintf("%s keeps %s, which is not named among what a Shield may keep", [row.owner, row.name])) if {
	some row in input.kept_collections
	not allowed.covers("architecture.shield_state_named", row)
}

subject(row) := sprintf("%s.%s", [row.owner, row.name])
