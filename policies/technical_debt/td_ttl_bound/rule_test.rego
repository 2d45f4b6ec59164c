package arqonbus.technical_debt.td_ttl_bound_test

import data.arqonbus.technical_debt.td_ttl_bound as rule

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
	"ttl_days": 90,
}

settings_debt_budget := {"longest_term_days": {"critical": 14, "high": 30, "medium": 180, "low": 365}}

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
	found.msg == "TD-001 (critical) has a term of 90 days, over the bound of 14"
	found._loc.line > 0
}

test_denies_a_medium_debt if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"ttl_days": 181,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.debt_budget as settings_debt_budget
	count(denied) == 1
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

test_passes_within_the_bound if {
	rows := {"debt_items": [object.union(row_of_debt_items, {"file": "docs/technical_debt/TD-001-slow-join.md", "line": 1, "project": "workspace"})]}
	denied := rule.deny with input as facts_of(rows, {}) with data.debt_budget as settings_debt_budget
	denied == set()
}

test_passes_at_the_bound if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"ttl_days": 180,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.debt_budget as settings_debt_budget
	denied == set()
}

test_passes_a_closed_debt if {
	rows := {
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"status": "closed",
				"ttl_days": 900,
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
