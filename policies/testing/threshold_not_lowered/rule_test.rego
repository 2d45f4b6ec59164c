package arqonbus.testing.threshold_not_lowered_test

import data.arqonbus.testing.threshold_not_lowered as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"coverage_settings": [], "coverage_ignores": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_coverage_ignores := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"text": "v8 ignore next",
}

row_of_coverage_settings := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"option": "lines",
	"values": ["LIBRARY_LINE_COVERAGE_PERCENT"],
	"least": 90,
}

settings_allowed_patterns := {"testing.threshold_not_lowered": [
	{"exclude": "src/gen/**", "reason": "generated"},
]}

test_denies_a_lower_threshold if {
	rows := {
		"coverage_settings": [
			object.union(row_of_coverage_settings, {"file": "vitest.project.mjs", "line": 25, "project": "workspace", "least": 80}),
			object.union(row_of_coverage_settings, {
				"file": "vitest.project.mjs",
				"line": 25,
				"project": "workspace",
				"option": "include",
				"values": ["src/**/*.ts"],
				"least": -1,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_no_threshold if {
	rows := {
		"coverage_settings": [
			object.union(row_of_coverage_settings, {
				"file": "vitest.project.mjs",
				"line": 25,
				"project": "workspace",
				"option": "include",
				"values": ["src/**/*.ts"],
				"least": -1,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_an_unknown_threshold if {
	rows := {
		"coverage_settings": [
			object.union(row_of_coverage_settings, {
				"file": "vitest.project.mjs",
				"line": 25,
				"project": "workspace",
				"values": ["percent()"],
				"least": -1,
			}),
			object.union(row_of_coverage_settings, {
				"file": "vitest.project.mjs",
				"line": 25,
				"project": "workspace",
				"option": "include",
				"values": ["src/**/*.ts"],
				"least": -1,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_another_exclude if {
	rows := {
		"coverage_settings": [
			object.union(row_of_coverage_settings, {"file": "vitest.project.mjs", "line": 25, "project": "workspace"}),
			object.union(row_of_coverage_settings, {
				"file": "vitest.project.mjs",
				"line": 25,
				"project": "workspace",
				"option": "include",
				"values": ["src/**/*.ts"],
				"least": -1,
			}),
			object.union(row_of_coverage_settings, {
				"file": "vitest.project.mjs",
				"line": 25,
				"project": "workspace",
				"option": "exclude",
				"values": ["src/gen/**", "src/hard/**"],
				"least": -1,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_a_narrower_include if {
	rows := {
		"coverage_settings": [
			object.union(row_of_coverage_settings, {"file": "vitest.project.mjs", "line": 25, "project": "workspace"}),
			object.union(row_of_coverage_settings, {
				"file": "vitest.project.mjs",
				"line": 25,
				"project": "workspace",
				"option": "include",
				"values": ["src/index.ts"],
				"least": -1,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 2
}

test_denies_a_setting_of_one_project if {
	rows := {
		"coverage_settings": [
			object.union(row_of_coverage_settings, {"file": "vitest.project.mjs", "line": 25, "project": "workspace"}),
			object.union(row_of_coverage_settings, {
				"file": "vitest.project.mjs",
				"line": 25,
				"project": "workspace",
				"option": "include",
				"values": ["src/**/*.ts"],
				"least": -1,
			}),
			object.union(row_of_coverage_settings, {
				"file": "libs/x/vitest.config.ts",
				"line": 25,
				"option": "enabled",
				"values": ["false"],
				"least": -1,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_a_comment if {
	rows := {
		"coverage_settings": [
			object.union(row_of_coverage_settings, {"file": "vitest.project.mjs", "line": 25, "project": "workspace"}),
			object.union(row_of_coverage_settings, {
				"file": "vitest.project.mjs",
				"line": 25,
				"project": "workspace",
				"option": "include",
				"values": ["src/**/*.ts"],
				"least": -1,
			}),
		],
		"coverage_ignores": [
			object.union(row_of_coverage_ignores, {"file": "libs/x/src/a.ts", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_passes_as_agreed if {
	rows := {
		"coverage_settings": [
			object.union(row_of_coverage_settings, {"file": "vitest.project.mjs", "line": 25, "project": "workspace"}),
			object.union(row_of_coverage_settings, {
				"file": "vitest.project.mjs",
				"line": 25,
				"project": "workspace",
				"option": "include",
				"values": ["src/**/*.ts"],
				"least": -1,
			}),
			object.union(row_of_coverage_settings, {
				"file": "vitest.project.mjs",
				"line": 25,
				"project": "workspace",
				"option": "exclude",
				"values": ["src/gen/**"],
				"least": -1,
			}),
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
