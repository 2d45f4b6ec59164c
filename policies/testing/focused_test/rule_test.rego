package arqonbus.testing.focused_test_test

import data.arqonbus.testing.focused_test as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"test_modifiers": [], "runner_settings": [], "runner_flags": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_runner_flags := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"option": "retry",
	"most": 2,
}

row_of_runner_settings := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"option": "retry",
	"most": 2,
}

row_of_test_modifiers := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"modifier": "only",
	"title": "delivers",
}

test_denies_a_focused_test if {
	rows := {"test_modifiers": [row_of_test_modifiers]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "the test or suite \"delivers\" runs alone"
	found._loc.line > 0
}

test_denies_an_unknown_setting if {
	rows := {"runner_settings": [object.union(row_of_runner_settings, {"file": "vitest.project.mjs", "option": "allowOnly", "most": -1})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_flag if {
	rows := {"runner_flags": [object.union(row_of_runner_flags, {"file": "package.json", "option": "allowOnly", "most": 1})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_a_skipped_test if {
	rows := {"test_modifiers": [object.union(row_of_test_modifiers, {"modifier": "skip"})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_the_setting_off if {
	rows := {"runner_settings": [object.union(row_of_runner_settings, {"file": "vitest.project.mjs", "option": "allowOnly", "most": 0})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
