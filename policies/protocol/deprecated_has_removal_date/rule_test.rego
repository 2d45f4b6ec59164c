package arqonbus.protocol.deprecated_has_removal_date_test

import data.arqonbus.protocol.deprecated_has_removal_date as rule

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
	"line": 46,
	"project": "proto",
	"subject": "arqon.v1.Join.group",
	"kind": "field",
	"by_option": true,
	"replacement": "member",
	"replacement_known": true,
	"removal_date": "2026-12-01",
	"days_left": 334,
}

test_passes_a_whole_note if {
	denied := rule.deny with input as facts_of({"proto_deprecations": [row]})
	denied == set()
	warned := rule.warn with input as facts_of({"proto_deprecations": [row]})
	warned == set()
}

test_denies_each_fault if {
	every change in [
		{"by_option": false}, {"removal_date": "", "days_left": 0}, {"replacement": "", "replacement_known": false}, {"replacement_known": false}, {"days_left": -1},
	] {
		denied := rule.deny with input as facts_of({"proto_deprecations": [object.union(row, change)]})
		count(denied) == 1
	}
}

test_warns_in_the_last_30_days if {
	every days in [0, 1, 30] {
		warned := rule.warn with input as facts_of({"proto_deprecations": [object.union(row, {"days_left": days})]})
		count(warned) == 1
	}
	warned := rule.warn with input as facts_of({"proto_deprecations": [object.union(row, {"days_left": 31})]})
	warned == set()
}
