package arqonbus.technical_debt.td_not_extended_test

import data.arqonbus.technical_debt.td_not_extended as rule

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
	"status": "open",
	"expires": "2026-03-01",
	"expires_at_base": "",
}

test_denies_a_later_day if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"expires_at_base": "2026-01-10",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	some found in denied
	found.msg == "the last day of TD-001 moves from 2026-01-10 to 2026-03-01"
	found._loc.line > 0
}

test_passes_the_same_day if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"expires_at_base": "2026-03-01",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	denied == set()
}

test_passes_an_earlier_day if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"expires_at_base": "2026-06-01",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	denied == set()
}

test_passes_no_base if {
	rows := {"debt_items": [object.union(row_of_debt_items, {"file": "docs/technical_debt/TD-001-slow-join.md", "line": 1, "project": "workspace"})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_the_label if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"expires_at_base": "2026-01-10",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit", "labels": ["debt-extended"]})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
