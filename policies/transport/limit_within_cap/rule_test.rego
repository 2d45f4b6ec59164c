package arqonbus.transport.limit_within_cap_test

import data.arqonbus.transport.limit_within_cap as rule

cap := {"file": "libs/errors/src/governed.ts", "line": 9, "project": "@arqonbus/errors", "group": "hard_caps", "name": "frameBytes", "number": 1048576}

limit := {
	"file": "apps/shield/src/link/spine-link.ts", "line": 9, "project": "@arqonbus/shield",
	"option": "maxPayload", "kind": "payload", "value": 1048576, "form": "number",
}

facts_of(limits, caps) := {
	"meta": {
		"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
		"counts": {"limit_literals": count(limits), "governed_identifiers": count(caps)},
	},
	"limit_literals": limits,
	"governed_identifiers": caps,
}

test_denies_each_fault if {
	every change in [
		{"value": 1048577}, {"value": 0}, {"value": 0, "form": "none"}, {"value": 0, "form": "raised"},
		{"option": "idleTimeout", "kind": "silence", "value": 961},
	] {
		found := rule.deny with input as facts_of([object.union(limit, change)], [cap])
		count(found) == 1
	}
}

test_passes_what_is_within if {
	every change in [{}, {"value": 65536}, {"option": "idleTimeout", "kind": "silence", "value": 960}] {
		found := rule.deny with input as facts_of([object.union(limit, change)], [cap])
		found == set()
	}
}

test_denies_without_the_cap if {
	found := rule.deny with input as facts_of([limit], [])
	count(found) > 0
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

test_denies_without_allowed_patterns if {
	found := rule.deny with input as facts_of([], [cap]) with data.allowed_patterns as false
	count(found) > 0
}
