package arqonbus.protocol.change_has_spec_and_tests_test

import data.arqonbus.protocol.change_has_spec_and_tests as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

change := {
	"file": "docs/protocol.md",
	"line": 1,
	"project": "proto",
	"compared": "commit",
	"subjects": [
		"arqon.v1.Join.member",
	],
	"spec_changed": true,
	"tests_changed": [
		"libs/envelope/src/envelope.test.ts",
	],
}

element := {
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

test_passes_with_both if {
	denied := rule.deny with input as facts_of({"contract_change": [change], "proto_elements": [element]})
	denied == set()
}

test_passes_without_change if {
	none := object.union(change, {"subjects": [], "spec_changed": false, "tests_changed": []})
	denied := rule.deny with input as facts_of({"contract_change": [none], "proto_elements": [element]})
	denied == set()
}

test_denies_without_either if {
	neither := object.union(change, {"spec_changed": false, "tests_changed": []})
	denied := rule.deny with input as facts_of({"contract_change": [neither], "proto_elements": [element]})
	{found.subject | some found in denied} == {"specification", "tests"}
}

test_denies_what_the_reference_lacks if {
	denied := rule.deny with input as facts_of({"contract_change": [change], "proto_elements": [object.union(element, {"documented": false})]})
	{found.subject | some found in denied} == {"arqon.v1.Join.room"}
}

test_denies_without_the_row if {
	denied := rule.deny with input as facts_of({"contract_change": [], "proto_elements": [element]})
	count(denied) == 1
}
