package arqonbus.protocol.reserved_not_reused_test

import data.arqonbus.protocol.reserved_not_reused as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

row := {
	"file": "proto/arqon/v1/command.proto",
	"line": 37,
	"project": "proto",
	"against": "baseline",
	"kind": "field_number_reused",
	"subject": "arqon.v1.Join.group",
	"detail": "number 5",
	"breaking": true,
	"removal": false,
	"number": 5,
	"was_deprecated": false,
	"removal_days_left": 0,
	"number_reserved": false,
	"name_reserved": false,
	"parent_gone": false,
	"announced": false,
}

test_denies_each_kind if {
	every kind in rule.kinds {
		denied := rule.deny with input as facts_of({"proto_changes": [object.union(row, {"kind": kind})]})
		count(denied) == 1
	}
}

test_passes_other_changes if {
	denied := rule.deny with input as facts_of({"proto_changes": [object.union(row, {"kind": "field_added"})]})
	denied == set()
}
