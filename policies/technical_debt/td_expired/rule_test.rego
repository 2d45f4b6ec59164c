package arqonbus.technical_debt.td_expired_test

import data.arqonbus.technical_debt.td_expired as rule

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
	"owner": "@arqonbus/spine",
	"status": "open",
	"expires": "2026-03-01",
	"days_left": 59,
}

test_denies_an_item_that_ran_out if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"expires": "2025-12-31",
				"days_left": -1,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "TD-001 of @arqonbus/spine ran out on 2025-12-31"
	found._loc.line > 0
}

test_denies_an_item_without_a_term if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"expires": "",
				"days_left": -1,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_an_item_of_unknown_status if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"status": "",
				"expires": "2025-11-30",
				"days_left": -32,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_an_item_with_time_left if {
	rows := {"debt_items": [object.union(row_of_debt_items, {"file": "docs/technical_debt/TD-001-slow-join.md", "line": 1, "project": "workspace"})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_the_last_day if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"expires": "2026-01-01",
				"days_left": 0,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_closed_item if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"status": "closed",
				"days_left": -100,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_warns_before_the_last_day if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"expires": "2026-01-15",
				"days_left": 14,
			}),
		],
	}
	warned := rule.warn with input as facts_of(rows, {})
	count(warned) == 1
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
