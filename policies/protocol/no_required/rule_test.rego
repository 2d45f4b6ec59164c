package arqonbus.protocol.no_required_test

import data.arqonbus.protocol.no_required as rule

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
	"line": 42,
	"project": "proto",
	"kind": "field",
	"subject": "arqon.v1.Join.room",
	"parent": "arqon.v1.Join",
	"number": 1,
	"type": "string",
	"presence": "implicit",
	"required": false,
	"documented": true,
	"is_new": false,
	"parent_is_new": false,
}

test_denies_by_label_and_by_option if {
	every change in [{"presence": "required"}, {"required": true}] {
		denied := rule.deny with input as facts_of({"proto_elements": [object.union(row, change)]})
		{found.msg | some found in denied} == {"arqon.v1.Join.room is required"}
	}
}

test_passes_others if {
	denied := rule.deny with input as facts_of({"proto_elements": [row]})
	denied == set()
}
