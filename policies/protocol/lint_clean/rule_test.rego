package arqonbus.protocol.lint_clean_test

import data.arqonbus.protocol.lint_clean as rule

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
	"line": 42,
	"project": "proto",
	"tool": "lint",
	"rule": "FIELD_LOWER_SNAKE_CASE",
	"message": "Field name \"addedField\" should be lower_snake_case.",
}

test_denies_findings_of_lint if {
	denied := rule.deny with input as facts_of({"buf_findings": [row]})
	count(denied) == 1
}

test_passes_others if {
	denied := rule.deny with input as facts_of({"buf_findings": [object.union(row, {"tool": "breaking"})]})
	denied == set()
}
