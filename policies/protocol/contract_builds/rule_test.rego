package arqonbus.protocol.contract_builds_test

import data.arqonbus.protocol.contract_builds as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

message := {
	"file": "proto/arqon/v1/command.proto",
	"line": 42,
	"project": "proto",
	"kind": "message",
	"subject": "arqon.v1.Join",
	"parent": "arqon.v1",
	"number": -1,
	"type": "",
	"presence": "",
	"required": false,
	"documented": true,
	"is_new": false,
	"parent_is_new": false,
}

test_passes_a_contract if {
	denied := rule.deny with input as facts_of({"contract_faults": [], "proto_elements": [message]})
	denied == set()
}

test_denies_a_fault if {
	fault := {"file": "proto/a.proto", "line": 3, "project": "proto", "message": "syntax error"}
	denied := rule.deny with input as facts_of({"contract_faults": [fault], "proto_elements": []})
	{found.msg | some found in denied} == {"the contract does not build: syntax error"}
}

test_denies_an_empty_contract if {
	denied := rule.deny with input as facts_of({"contract_faults": [], "proto_elements": []})
	{found.msg | some found in denied} == {"the contract declares no message"}
}
