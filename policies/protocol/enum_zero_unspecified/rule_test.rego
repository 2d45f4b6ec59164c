package arqonbus.protocol.enum_zero_unspecified_test

import data.arqonbus.protocol.enum_zero_unspecified as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

enum := {
	"file": "proto/arqon/v1/command.proto",
	"line": 42,
	"project": "proto",
	"kind": "enum",
	"subject": "arqon.v1.Mode",
	"parent": "arqon.v1",
	"number": -1,
	"type": "string",
	"presence": "implicit",
	"required": false,
	"documented": true,
	"is_new": false,
	"parent_is_new": false,
}

zero := {
	"file": "proto/arqon/v1/command.proto",
	"line": 42,
	"project": "proto",
	"kind": "enum_value",
	"subject": "arqon.v1.Mode.MODE_UNSPECIFIED",
	"parent": "arqon.v1.Mode",
	"number": 0,
	"type": "",
	"presence": "",
	"required": false,
	"documented": true,
	"is_new": false,
	"parent_is_new": false,
}

test_passes_unspecified if {
	warned := rule.warn with input as facts_of({"proto_elements": [enum, zero]})
	warned == set()
}

test_warns_of_a_meaning if {
	warned := rule.warn with input as facts_of({"proto_elements": [enum, object.union(zero, {"subject": "arqon.v1.Mode.MODE_FAST"})]})
	{found.subject | some found in warned} == {"arqon.v1.Mode.MODE_FAST"}
}

test_warns_without_zero if {
	warned := rule.warn with input as facts_of({"proto_elements": [enum, object.union(zero, {"number": 1})]})
	{found.msg | some found in warned} == {"arqon.v1.Mode has no value 0"}
}
