package arqonbus.testing.always_true_assertion_test

import data.arqonbus.testing.always_true_assertion as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"constant_assertions": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_constant_assertions := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"text": "expect(true).toBe(true)",
	"form": "constant",
}

test_denies_constants if {
	rows := {"constant_assertions": [row_of_constant_assertions]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "expect(true).toBe(true) is always true"
	found._loc.line > 0
}

test_denies_a_value_against_itself if {
	rows := {"constant_assertions": [object.union(row_of_constant_assertions, {"text": "expect(reply).toEqual(reply)", "form": "same"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_length if {
	rows := {
		"constant_assertions": [
			object.union(row_of_constant_assertions, {"text": "expect(seen.length).toBeGreaterThanOrEqual(0)", "form": "bound"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_no_matcher if {
	rows := {"constant_assertions": [object.union(row_of_constant_assertions, {"text": "expect(seen);", "form": "no_matcher"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_not_awaited if {
	rows := {"constant_assertions": [object.union(row_of_constant_assertions, {"text": "expect(done).resolves.toBe(1);", "form": "not_awaited"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_none if {
	rows := {}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
