package arqonbus.technical_debt.debugger_statement_test

import data.arqonbus.technical_debt.debugger_statement as rule

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
}

test_denies_a_statement if {
	rows := {"unfinished_code": [object.union(row_of_unfinished_code, {"file": "libs/x/src/a.ts"})]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "a debugger statement is left in the code"
	found._loc.line > 0
}

test_denies_a_statement_in_a_test if {
	rows := {"unfinished_code": [object.union(row_of_unfinished_code, {"file": "libs/x/src/a.ts"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_something_else if {
	rows := {"unfinished_code": [object.union(row_of_unfinished_code, {"file": "libs/x/src/a.ts", "form": "unimplemented"})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
