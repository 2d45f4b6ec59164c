package arqonbus.testing.tests_not_removed_test

import data.arqonbus.testing.tests_not_removed as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"changed_code": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_changed_code := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"kind": "source",
	"tests_before": 0,
	"tests_now": 0,
}

test_denies_a_deleted_file if {
	rows := {"changed_code": [object.union(row_of_changed_code, {"line": 1, "kind": "test", "tests_before": 2})]}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	some found in denied
	found.msg == "@arqonbus/x loses 2 tests"
	found._loc.line > 0
}

test_denies_fewer_tests if {
	rows := {
		"changed_code": [
			object.union(row_of_changed_code, {
				"file": "libs/x/test/b.test.ts",
				"line": 1,
				"kind": "test",
				"tests_before": 9,
				"tests_now": 8,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	count(denied) == 1
}

test_passes_moved_tests if {
	rows := {
		"changed_code": [
			object.union(row_of_changed_code, {"line": 1, "kind": "test", "tests_before": 2}),
			object.union(row_of_changed_code, {"file": "libs/x/test/b.test.ts", "line": 1, "kind": "test", "tests_now": 2}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	denied == set()
}

test_passes_a_label if {
	rows := {"changed_code": [object.union(row_of_changed_code, {"line": 1, "kind": "test", "tests_before": 2})]}
	denied := rule.deny with input as facts_of(rows, {"base": "commit", "labels": ["tests-removed"]})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
