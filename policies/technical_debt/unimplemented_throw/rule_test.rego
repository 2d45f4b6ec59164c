package arqonbus.technical_debt.unimplemented_throw_test

import data.arqonbus.technical_debt.unimplemented_throw as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"unfinished_code": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_unfinished_code := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"form": "debugger",
	"td": [],
	"test": false,
}

test_denies_a_throw if {
	rows := {"unfinished_code": [object.union(row_of_unfinished_code, {"file": "libs/x/src/a.ts", "form": "unimplemented"})]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "code that says it is not implemented"
	found._loc.line > 0
}

test_passes_an_item if {
	rows := {"unfinished_code": [object.union(row_of_unfinished_code, {"file": "libs/x/src/a.ts", "form": "unimplemented", "td": ["TD-001"]})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_test if {
	rows := {"unfinished_code": [object.union(row_of_unfinished_code, {"file": "libs/x/src/a.ts", "form": "unimplemented", "test": true})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_warns_an_item if {
	rows := {"unfinished_code": [object.union(row_of_unfinished_code, {"file": "libs/x/src/a.ts", "form": "unimplemented", "td": ["TD-001"]})]}
	warned := rule.warn with input as facts_of(rows, {})
	count(warned) == 1
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
