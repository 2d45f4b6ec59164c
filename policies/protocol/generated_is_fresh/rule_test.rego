package arqonbus.protocol.generated_is_fresh_test

import data.arqonbus.protocol.generated_is_fresh as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

generated := {
	"file": "libs/proto/src/gen/arqon/v1/command_pb.ts",
	"line": 1,
	"project": "@arqonbus/proto",
	"proto": "proto/arqon/v1/command.proto",
	"fresh": true,
}

file := {
	"file": "proto/arqon/v1/command.proto",
	"line": 4,
	"project": "proto",
	"path": "arqon/v1/command.proto",
	"package": "arqon.v1",
	"syntax": "proto3",
}

test_passes_fresh_code if {
	denied := rule.deny with input as facts_of({"proto_generated": [generated], "proto_files": [file]})
	denied == set()
}

test_denies_stale_code if {
	denied := rule.deny with input as facts_of({"proto_generated": [object.union(generated, {"fresh": false})], "proto_files": [file]})
	count(denied) == 1
}

test_denies_orphans if {
	orphan := object.union(generated, {"file": "libs/proto/src/gen/old_pb.ts", "proto": "", "fresh": false})
	denied := rule.deny with input as facts_of({"proto_generated": [generated, orphan], "proto_files": [file]})
	{found.subject | some found in denied} == {"libs/proto/src/gen/old_pb.ts"}
}

test_denies_without_code if {
	denied := rule.deny with input as facts_of({"proto_generated": [], "proto_files": [file]})
	count(denied) == 1
}
