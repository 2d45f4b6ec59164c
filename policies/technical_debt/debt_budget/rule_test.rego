package arqonbus.technical_debt.debt_budget_test

import data.arqonbus.technical_debt.debt_budget as rule

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
	"severity": "medium",
	"status": "open",
}

settings_debt_budget := {"open_items": {"critical": 0, "high": 1, "medium": 2, "low": 4}}

test_denies_a_critical_debt if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"severity": "critical",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.debt_budget as settings_debt_budget
	some found in denied
	found.msg == "1 open items are critical, over the budget of 0"
	found._loc.line > 0
}

test_denies_an_unknown_severity if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"severity": "minor",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.debt_budget as settings_debt_budget
	count(denied) == 1
}

test_denies_too_many_of_one_severity if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-100-a.md",
				"line": 1,
				"project": "workspace",
				"id": "TD-100",
				"severity": "high",
			}),
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-101-a.md",
				"line": 1,
				"project": "workspace",
				"id": "TD-101",
				"severity": "high",
			}),
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-102-a.md",
				"line": 1,
				"project": "workspace",
				"id": "TD-102",
				"severity": "high",
			}),
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-103-a.md",
				"line": 1,
				"project": "workspace",
				"id": "TD-103",
				"severity": "high",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.debt_budget as settings_debt_budget
	count(denied) == 4
}

test_passes_within_the_budget if {
	rows := {"debt_items": [object.union(row_of_debt_items, {"file": "docs/technical_debt/TD-001-slow-join.md", "line": 1, "project": "workspace"})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.debt_budget as settings_debt_budget
	denied == set()
}

test_passes_closed_ones if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"severity": "critical",
				"status": "closed",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.debt_budget as settings_debt_budget
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {} with data.debt_budget as settings_debt_budget
	count(denied) > 0
}

test_denies_without_data if {
	denied := rule.deny with input as facts_of({}, {}) with data.debt_budget as false
	count(denied) > 0
}
