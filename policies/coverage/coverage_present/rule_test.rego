package arqonbus.coverage.coverage_present_test

import data.arqonbus.coverage.coverage_present as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"coverage": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_coverage := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"metric": "lines",
	"base_percent": 98.5,
	"head_percent": 98.5,
	"library": true,
}

test_denies_no_summary if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "head_percent": -1})]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "no coverage of lines was measured for @arqonbus/x"
	found._loc.line > 0
}

test_denies_a_library_without_baseline if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "base_percent": -1})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_no_project if {
	rows := {}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_measured if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
