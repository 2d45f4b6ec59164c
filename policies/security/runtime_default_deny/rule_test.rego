package arqonbus.security.runtime_default_deny_test

import data.arqonbus.security.runtime_default_deny as rule

row := {
	"file": "policies/runtime/admission/policy.rego",
	"line": 1,
	"project": "policies",
	"package": "arqonbus.runtime.admission",
	"rules": [
		"allow",
	],
	"denying": [],
	"allowing": [],
	"library": false,
	"test": false,
}

others := {}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"runtime_packages": [object.union(row, patch)]}))

failing := [
	{},
	{
		"denying": [
			"decision",
		],
		"allowing": [
			"allow",
		],
	},
	{
		"library": true,
		"allowing": [
			"allow",
		],
	},
]

passing := [{"denying": ["decision"]}, {"library": true}, {"test": true}]

test_finds_each_variant if {
	every patch in failing {
		found := rule.deny with input as judged(patch)
		count(found) > 0
	}
}

test_points_at_the_row if {
	some found in rule.deny with input as judged(failing[0])
	found._loc == {"file": row.file, "line": row.line}
	found.project == row.project
}

test_passes_others if {
	every patch in passing {
		denied := rule.deny with input as judged(patch)
		denied == set()
	}
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
