package arqonbus.testing.retries_zero_test

import data.arqonbus.testing.retries_zero as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"runner_settings": [], "runner_flags": [], "debt_items": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_debt_items := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"id": "TD-001",
	"status": "open",
}

row_of_runner_flags := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"option": "retry",
	"most": 2,
	"text": "--retry=2",
}

row_of_runner_settings := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"option": "retry",
	"most": 2,
	"text": "retry: 2",
}

settings_allowed_patterns := {"testing.retries_zero": [
	{"file": "vitest.project.mjs", "most": 1, "td": "TD-006", "reason": "the engine cuts connections"},
]}

test_denies_a_setting if {
	rows := {"runner_settings": [row_of_runner_settings]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	some found in denied
	found.msg == "retry: 2 tries failed tests again"
	found._loc.line > 0
}

test_denies_a_flag if {
	rows := {"runner_flags": [object.union(row_of_runner_flags, {"file": "package.json"})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_more_than_is_allowed if {
	rows := {
		"runner_settings": [
			object.union(row_of_runner_settings, {"file": "vitest.project.mjs"}),
		],
		"debt_items": [
			object.union(row_of_debt_items, {"id": "TD-006"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_a_debt_that_is_closed if {
	rows := {
		"runner_settings": [
			object.union(row_of_runner_settings, {"file": "vitest.project.mjs", "most": 1}),
		],
		"debt_items": [
			object.union(row_of_debt_items, {"id": "TD-006", "status": "closed"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_a_number_that_is_not_known if {
	rows := {
		"runner_settings": [
			object.union(row_of_runner_settings, {"file": "vitest.project.mjs", "most": -1, "text": "retry: tries"}),
		],
		"debt_items": [
			object.union(row_of_debt_items, {"id": "TD-006"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_passes_none if {
	rows := {"runner_settings": [object.union(row_of_runner_settings, {"most": 0, "text": "retry: 0"})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	denied == set()
}

test_passes_an_open_debt if {
	rows := {
		"runner_settings": [
			object.union(row_of_runner_settings, {"file": "vitest.project.mjs", "most": 1, "text": "retry: 1"}),
		],
		"debt_items": [
			object.union(row_of_debt_items, {"file": "docs/technical_debt/TD-006-engine-cuts.md", "id": "TD-006"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {} with data.allowed_patterns as settings_allowed_patterns
	count(denied) > 0
}

test_denies_without_data if {
	denied := rule.deny with input as facts_of({}, {}) with data.allowed_patterns as false
	count(denied) > 0
}
