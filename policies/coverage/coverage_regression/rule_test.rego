package arqonbus.coverage.coverage_regression_test

import data.arqonbus.coverage.coverage_regression as rule

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
}

test_denies_a_drop_of_lines if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "head_percent": 90.1})]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "lines of @arqonbus/x fell from 98.5 to 90.1 percent"
	found._loc.line > 0
}

test_denies_a_drop_of_branches if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "metric": "branches", "head_percent": 96.9})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_the_same if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_within_the_tolerance if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "head_percent": 98.1})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_rise if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "head_percent": 99.1})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_new_project if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "base_percent": -1})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
