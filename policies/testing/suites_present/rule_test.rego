package arqonbus.testing.suites_present_test

import data.arqonbus.testing.suites_present as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"test_files": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_test_files := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"tests": 3,
	"runs": true,
	"kinds": ["unit"],
}

settings_test_suites := {"least_tests": {
	"unit": 2,
	"integration": 2,
	"contract": 2,
	"security": 2,
	"property": 2,
	"performance": 2,
	"adversarial": 2,
	"e2e": 2,
}}

test_denies_no_tests if {
	rows := {}
	denied := rule.deny with input as facts_of(rows, {}) with data.test_suites as settings_test_suites
	count(denied) == 8
}

test_denies_one_kind_missing if {
	rows := {
		"test_files": [
			object.union(row_of_test_files, {
				"file": "libs/x/src/a.test.ts",
				"line": 1,
				"tests": 5000,
				"kinds": ["unit", "integration", "contract", "security", "property", "performance", "adversarial"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.test_suites as settings_test_suites
	count(denied) == 1
}

test_denies_tests_that_do_not_run if {
	rows := {
		"test_files": [
			object.union(row_of_test_files, {
				"file": "libs/x/src/a.test.ts",
				"line": 1,
				"tests": 5000,
				"runs": false,
				"kinds": ["unit", "integration", "contract", "security", "property", "performance", "adversarial", "e2e"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.test_suites as settings_test_suites
	count(denied) == 8
}

test_passes_all_kinds if {
	rows := {
		"test_files": [
			object.union(row_of_test_files, {
				"file": "libs/x/src/a.test.ts",
				"line": 1,
				"tests": 5000,
				"kinds": ["unit", "integration", "contract", "security", "property", "performance", "adversarial", "e2e"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.test_suites as settings_test_suites
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {} with data.test_suites as settings_test_suites
	count(denied) > 0
}

test_denies_without_data if {
	denied := rule.deny with input as facts_of({}, {}) with data.test_suites as false
	count(denied) > 0
}
