package arqonbus.testing.test_is_run_test

import data.arqonbus.testing.test_is_run as rule

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
}

test_denies_another_name if {
	rows := {"test_files": [object.union(row_of_test_files, {"file": "libs/x/src/a.spec.ts", "line": 1, "runs": false})]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "libs/x/src/a.spec.ts declares 3 tests that no run loads"
	found._loc.line > 0
}

test_denies_another_place if {
	rows := {"test_files": [object.union(row_of_test_files, {"file": "tests/a.test.ts", "line": 1, "project": "workspace", "runs": false})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_no_tests if {
	rows := {"test_files": [object.union(row_of_test_files, {"file": "libs/x/src/a.test.ts", "line": 1, "tests": 0})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_a_test_file if {
	rows := {"test_files": [object.union(row_of_test_files, {"file": "libs/x/src/a.test.ts", "line": 1})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_contract if {
	rows := {"test_files": [object.union(row_of_test_files, {"file": "libs/x/src/store.contract.ts", "line": 1})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
