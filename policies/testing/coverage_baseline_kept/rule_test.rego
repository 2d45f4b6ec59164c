package arqonbus.testing.coverage_baseline_kept_test

import data.arqonbus.testing.coverage_baseline_kept as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"coverage_baseline": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_coverage_baseline := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"metric": "lines",
	"before": 98.5,
	"now": 98.5,
}

test_denies_a_lower_figure if {
	rows := {"coverage_baseline": [object.union(row_of_coverage_baseline, {"file": "policies/data/baseline_coverage.json", "line": 1, "now": 81.2})]}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	some found in denied
	found.msg == "the baseline of lines in @arqonbus/x falls from 98.5 to 81.2 percent"
	found._loc.line > 0
}

test_denies_a_figure_that_is_gone if {
	rows := {"coverage_baseline": [object.union(row_of_coverage_baseline, {"file": "policies/data/baseline_coverage.json", "line": 1, "now": -1})]}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	count(denied) == 1
}

test_passes_the_same if {
	rows := {"coverage_baseline": [object.union(row_of_coverage_baseline, {"file": "policies/data/baseline_coverage.json", "line": 1})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_higher_one if {
	rows := {"coverage_baseline": [object.union(row_of_coverage_baseline, {"file": "policies/data/baseline_coverage.json", "line": 1, "now": 99})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_label if {
	rows := {"coverage_baseline": [object.union(row_of_coverage_baseline, {"file": "policies/data/baseline_coverage.json", "line": 1, "now": 97})]}
	denied := rule.deny with input as facts_of(rows, {"base": "commit", "labels": ["coverage-drop"]})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
