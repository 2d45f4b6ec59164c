package arqonbus.security.constant_time_compare_test

import data.arqonbus.security.constant_time_compare as rule

row := {
	"file": "libs/auth/src/verify.ts",
	"line": 12,
	"project": "@arqonbus/auth",
	"name": "linkKey",
	"operator": "===",
	"test": false,
}

allowed := {"security.constant_time_compare": [{"file": "libs/x/c.ts", "name": "key"}]}

others := {}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"secret_comparisons": [object.union(row, patch)]}))

failing := [{}, {"name": "token", "operator": "!=="}, {"name": "signature", "operator": "equals"}]

passing := [{"test": true}, {"file": "tools/a.ts"}, {"file": "libs/x/c.ts", "name": "key"}]

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
