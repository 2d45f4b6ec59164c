package arqonbus.testing.test_without_assertion_test

import data.arqonbus.testing.test_without_assertion as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"unasserting_tests": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_unasserting_tests := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"title": "delivers",
	"form": "no_assertion",
}

test_denies_no_assertion if {
	rows := {"unasserting_tests": [row_of_unasserting_tests]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "the test \"delivers\" asserts nothing"
	found._loc.line > 0
}

test_denies_an_empty_body if {
	rows := {"unasserting_tests": [object.union(row_of_unasserting_tests, {"form": "empty"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_only_in_catch if {
	rows := {"unasserting_tests": [object.union(row_of_unasserting_tests, {"form": "only_in_catch"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_none if {
	rows := {}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
