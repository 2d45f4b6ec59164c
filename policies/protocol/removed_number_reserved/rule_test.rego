package arqonbus.protocol.removed_number_reserved_test

import data.arqonbus.protocol.removed_number_reserved as rule

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
	"kind": "field_deleted",
	"subject": "arqon.v1.Join.group",
	"detail": "number 5",
	"breaking": true,
	"removal": true,
	"number": 5,
	"was_deprecated": false,
	"removal_days_left": 0,
	"number_reserved": false,
	"name_reserved": false,
	"parent_gone": false,
	"announced": false,
}

test_denies if {
	denied := rule.deny with input as facts_of({"proto_changes": [row]})
	{found.subject | some found in denied} == {"arqon.v1.Join.group"}
}

test_passes_reserved if {
	denied := rule.deny with input as facts_of({"proto_changes": [object.union(row, {"number_reserved": true})]})
	denied == set()
}

test_passes_where_nothing_is_left if {
	denied := rule.deny with input as facts_of({"proto_changes": [object.union(row, {"parent_gone": true})]})
	denied == set()
}

test_passes_other_changes if {
	denied := rule.deny with input as facts_of({"proto_changes": [object.union(row, {"kind": "field_added"})]})
	denied == set()
}
