package arqonbus.protocol.no_breaking_change_test

import data.arqonbus.protocol.no_breaking_change as rule

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

buf := {
	"file": "proto/arqon/v1/command.proto",
	"line": 42,
	"project": "proto",
	"tool": "breaking",
	"rule": "FIELD_SAME_ONEOF",
	"message": "Field \"1\" moved.",
}

labelled(doc) := object.union(doc, {"meta": object.union(doc.meta, {"labels": ["proto-breaking"]})})

test_denies_a_break if {
	denied := rule.deny with input as facts_of({"proto_changes": [row], "buf_findings": [buf]})
	{found.msg | some found in denied} == {"arqon.v1.Join.group: field deleted (number 5)"}
}

test_denies_with_label_alone if {
	denied := rule.deny with input as labelled(facts_of({"proto_changes": [row], "buf_findings": []}))
	count(denied) == 1
}

test_denies_with_changelog_alone if {
	denied := rule.deny with input as facts_of({"proto_changes": [object.union(row, {"announced": true})], "buf_findings": []})
	count(denied) == 1
}

test_passes_an_agreed_break if {
	denied := rule.deny with input as labelled(facts_of({"proto_changes": [object.union(row, {"announced": true})], "buf_findings": [buf]}))
	denied == set()
}

test_denies_what_only_buf_finds if {
	denied := rule.deny with input as facts_of({"proto_changes": [], "buf_findings": [buf]})
	count(denied) == 1
}

test_passes_additions if {
	denied := rule.deny with input as facts_of({"proto_changes": [object.union(row, {"breaking": false})], "buf_findings": []})
	denied == set()
}
