package arqonbus.testing.mocks_only_time_and_random_test

import data.arqonbus.testing.mocks_only_time_and_random as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"test_doubles": [], "mock_imports": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_mock_imports := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"module": "sinon",
}

row_of_test_doubles := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"kind": "module",
	"call": "vi.mock('../src/store.js')",
	"target": "../src/store.js",
}

settings_allowed_patterns := {"testing.mocks_only_time_and_random": []}

test_denies_a_module if {
	rows := {"test_doubles": [row_of_test_doubles]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	some found in denied
	found.msg == "vi.mock('../src/store.js') replaces what the test is to prove"
	found._loc.line > 0
}

test_denies_a_member if {
	rows := {"test_doubles": [object.union(row_of_test_doubles, {"kind": "member", "call": "vi.spyOn(store, 'append')", "target": "store.append"})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_a_global if {
	rows := {"test_doubles": [object.union(row_of_test_doubles, {"kind": "global", "call": "vi.stubGlobal('fetch', f)", "target": "fetch"})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_an_assignment if {
	rows := {"test_doubles": [object.union(row_of_test_doubles, {"kind": "assignment", "call": "globalThis.fetch = f", "target": "fetch"})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_denies_a_library_of_mocks if {
	rows := {"mock_imports": [row_of_mock_imports]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	count(denied) == 1
}

test_passes_time if {
	rows := {"test_doubles": [object.union(row_of_test_doubles, {"kind": "member", "call": "vi.spyOn(Date, 'now')", "target": "Date.now"})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	denied == set()
}

test_passes_a_clock if {
	rows := {"test_doubles": [object.union(row_of_test_doubles, {"kind": "clock", "call": "vi.useFakeTimers()", "target": ""})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as settings_allowed_patterns
	denied == set()
}

test_passes_a_recorder if {
	rows := {"test_doubles": [object.union(row_of_test_doubles, {"kind": "function", "call": "vi.fn()", "target": ""})]}
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
