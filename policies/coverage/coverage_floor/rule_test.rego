package arqonbus.coverage.coverage_floor_test

import data.arqonbus.coverage.coverage_floor as rule

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
	"head_percent": 98.5,
	"library": true,
}

test_denies_below_the_floor if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "head_percent": 89.9})]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "89.9 percent of the lines of @arqonbus/x are covered, 90 are required"
	found._loc.line > 0
}

test_denies_nothing_covered if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "head_percent": 0})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_at_the_floor if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "head_percent": 90})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_an_app if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "head_percent": 60, "library": false})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_branches if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "metric": "branches", "head_percent": 80})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
