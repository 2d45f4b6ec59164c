package arqonbus.protocol.field_presence_test

import data.arqonbus.protocol.field_presence as rule

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
	"is_new": true,
	"parent_is_new": false,
}

test_denies_an_implicit_field if {
	denied := rule.deny with input as facts_of({"proto_elements": [row]})
	{found.subject | some found in denied} == {"arqon.v1.Join.room"}
}

test_passes_presence if {
	every presence in ["optional", "oneof", "message", "repeated", "map"] {
		denied := rule.deny with input as facts_of({"proto_elements": [object.union(row, {"presence": presence})]})
		denied == set()
	}
}

test_passes_old_fields_and_new_messages if {
	rows := [object.union(row, {"is_new": false}), object.union(row, {"parent_is_new": true})]
	denied := rule.deny with input as facts_of({"proto_elements": rows})
	denied == set()
}
