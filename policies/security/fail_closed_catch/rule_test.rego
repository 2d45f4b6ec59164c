package arqonbus.security.fail_closed_catch_test

import data.arqonbus.security.fail_closed_catch as rule

row := {
	"file": "apps/shield/src/door/upgrade-gate.ts",
	"line": 12,
	"project": "@arqonbus/shield",
	"site": "catch",
	"outcome": "returns yes",
	"functions": [
		"verifyToken",
	],
	"test": false,
}

allowed := {
	"security.fail_closed_catch": [
		{
			"file": "libs/casil/src/inspect-message.ts",
			"function": "inspectMessage",
			"site": "catch",
		},
	],
}

others := {}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"open_failures": [object.union(row, patch)]}))

failing := [
	{},
	{"file": "libs/rooms/src/x.ts", "functions": ["isDenied"], "outcome": "returns no to a denial"},
	{"file": "libs/rooms/src/x.ts", "functions": ["hasBeenSuspended"], "site": "rejection"},
	{"file": "libs/rooms/src/x.ts", "functions": ["mustReject"]},
	{
		"file": "libs/rooms/src/x.ts",
		"functions": [
			"canPublish",
		],
	},
	{
		"site": "default",
		"functions": [],
	},
	{
		"site": "rejection",
		"file": "libs/casil/src/a.ts",
		"functions": [
			"x",
		],
	},
	{
		"file": "apps/shield/src/access-list.ts",
		"functions": [
			"look",
		],
	},
]

passing := [
	{
		"test": true,
	},
	{
		"file": "libs/rooms/src/x.ts",
		"functions": [
			"mustPrepare",
		],
	},
	{
		"file": "tools/bench/src/a.ts",
		"functions": [
			"checkRun",
		],
	},
	{
		"file": "libs/casil/src/inspect-message.ts",
		"functions": [
			"inspectMessage",
		],
	},
]

test_finds_each_variant if {
	every patch in failing {
		found := rule.deny with input as judged(patch) with data.allowed_patterns as allowed
		count(found) > 0
	}
}

test_points_at_the_row if {
	some found in rule.deny with input as judged(failing[0]) with data.allowed_patterns as allowed
	found._loc == {"file": row.file, "line": row.line}
	found.project == row.project
}

test_passes_others if {
	every patch in passing {
		denied := rule.deny with input as judged(patch) with data.allowed_patterns as allowed
		denied == set()
	}
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_data if {
	some found in rule.deny with input as judged(failing[0]) with data.allowed_patterns as false
	contains(found.msg, "data.allowed_patterns")
}
