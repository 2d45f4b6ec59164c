package arqonbus.coverage.new_project_floor_test

import data.arqonbus.coverage.new_project_floor as rule

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

test_passes_covered if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "base_percent": -1, "head_percent": 95})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_known if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "base_percent": 70, "head_percent": 70})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_warns_few_branches if {
	rows := {
		"coverage": [
			object.union(row_of_coverage, {
				"file": "libs/x/package.json",
				"line": 1,
				"metric": "branches",
				"base_percent": -1,
				"head_percent": 70,
			}),
		],
	}
	warned := rule.warn with input as facts_of(rows, {})
	count(warned) == 1
}

test_warns_few_lines if {
	rows := {"coverage": [object.union(row_of_coverage, {"file": "libs/x/package.json", "line": 1, "base_percent": -1, "head_percent": 70})]}
	warned := rule.warn with input as facts_of(rows, {})
	count(warned) == 1
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
