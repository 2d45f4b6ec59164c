package arqonbus.testing.run_is_whole_test

import data.arqonbus.testing.run_is_whole as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"runner_settings": [], "runner_flags": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

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

settings_allowed_patterns := {"testing.run_is_whole": [
	{"file": "vitest.project.mjs", "text": "passWithNoTests: isUnitOnly", "reason": "only in the short run"},
]}

test_denies_no_tests if {
	rows := {
		"runner_settings": [
			object.union(row_of_runner_settings, {
				"file": "libs/x/vitest.config.ts",
				"option": "passWithNoTests",
				"most": 1,
				"text": "passWithNoTests: true",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	some found in denied
	found.msg == "passWithNoTests: true lets a run pass that has not"
	found._loc.line > 0
}

test_denies_a_flag if {
	rows := {
		"runner_flags": [
			object.union(row_of_runner_flags, {
				"file": "package.json",
				"option": "passWithNoTests",
				"most": 1,
				"text": "--passWithNoTests",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_unhandled_errors if {
	rows := {
		"runner_settings": [
			object.union(row_of_runner_settings, {
				"file": "vitest.project.mjs",
				"option": "dangerouslyIgnoreUnhandledErrors",
				"most": 1,
				"text": "dangerouslyIgnoreUnhandledErrors: true",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_a_narrower_run if {
	rows := {
		"runner_settings": [
			object.union(row_of_runner_settings, {
				"file": "libs/x/vitest.config.ts",
				"option": "exclude",
				"most": -1,
				"text": "exclude: ['src/wire.test.ts']",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	{one.subject | some one in denied} == {"exclude"}
}

test_passes_off if {
	rows := {"runner_settings": [object.union(row_of_runner_settings, {"option": "passWithNoTests", "most": 0, "text": "passWithNoTests: false"})]}
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
