package arqonbus.protocol.deprecate_before_remove_test

import data.arqonbus.protocol.deprecate_before_remove as rule

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

test_denies_without_deprecation if {
	denied := rule.deny with input as facts_of({"proto_changes": [row]})
	{found.msg | some found in denied} == {"arqon.v1.Join.group is removed without having been deprecated"}
}

test_denies_before_the_date if {
	denied := rule.deny with input as facts_of({"proto_changes": [object.union(row, {"was_deprecated": true, "removal_days_left": 3})]})
	{found.msg | some found in denied} == {"arqon.v1.Join.group is removed 3 days before its date"}
}

test_passes_after_the_date if {
	denied := rule.deny with input as facts_of({"proto_changes": [object.union(row, {"was_deprecated": true, "removal_days_left": 0})]})
	denied == set()
}

test_passes_changes_that_remove_nothing if {
	denied := rule.deny with input as facts_of({"proto_changes": [object.union(row, {"removal": false})]})
	denied == set()
}
