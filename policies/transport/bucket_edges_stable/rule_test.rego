package arqonbus.transport.bucket_edges_stable_test

import data.arqonbus.transport.bucket_edges_stable as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

row := {
	"file": "libs/errors/src/governed.ts",
	"line": 10,
	"project": "@arqonbus/errors",
	"group": "bucket_edges",
	"name": "handshakeSeconds",
	"value": "[0.005, 0.01]",
	"number": 0,
	"base_value": "[0.005, 0.01]",
	"change": "none",
	"readable": true,
}

whole := [object.union(row, {"group": group}) | some group in rule.groups]

test_passes_the_approved if {
	denied := rule.deny with input as facts_of({"governed_identifiers": whole})
	denied == set()
}

test_denies_each_change if {
	every change in ["added", "removed", "changed", "raised", "lowered"] {
		denied := rule.deny with input as facts_of({"governed_identifiers": array.concat(whole, [object.union(row, {"change": change})])})
		count(denied) == 1
	}
}

test_denies_what_cannot_be_read if {
	denied := rule.deny with input as facts_of({"governed_identifiers": array.concat(whole, [object.union(row, {"readable": false})])})
	count(denied) == 1
}

test_denies_a_group_that_is_not_there if {
	denied := rule.deny with input as facts_of({"governed_identifiers": []})
	count(denied) == count(rule.groups)
}

test_leaves_other_groups if {
	other := object.union(row, {"group": "hard_caps", "change": "raised"})
	denied := rule.deny with input as facts_of({"governed_identifiers": array.concat(whole, [other])})
	denied == set()
}
