package arqonbus.technical_debt.td_fields_test

import data.arqonbus.technical_debt.td_fields as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"debt_items": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_debt_items := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"id": "TD-001",
	"faults": [],
}

test_denies_a_missing_field if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"faults": ["has no owner"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "the item has no owner"
	found._loc.line > 0
}

test_denies_an_id_of_another_form if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"id": "DEBT-1",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_an_item if {
	rows := {"debt_items": [object.union(row_of_debt_items, {"file": "docs/technical_debt/TD-001-slow-join.md", "line": 1, "project": "workspace"})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_no_item if {
	rows := {}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
