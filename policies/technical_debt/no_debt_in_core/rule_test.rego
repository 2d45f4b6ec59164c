package arqonbus.technical_debt.no_debt_in_core_test

import data.arqonbus.technical_debt.no_debt_in_core as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"debt_refs": [], "projects": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_debt_refs := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"id": "TD-001",
	"ref": "libs/x/src/a.ts",
	"target": "@arqonbus/x",
	"open": true,
	"severity": "medium",
}

row_of_projects := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"layer": "domain",
}

test_denies_a_high_debt if {
	rows := {
		"debt_refs": [
			object.union(row_of_debt_refs, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"severity": "high",
			}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "TD-001 is a debt of severity high in @arqonbus/x"
	found._loc.line > 0
}

test_denies_a_critical_debt if {
	rows := {
		"debt_refs": [
			object.union(row_of_debt_refs, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"severity": "critical",
			}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "app"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_an_unknown_severity if {
	rows := {
		"debt_refs": [
			object.union(row_of_debt_refs, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"severity": "",
			}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_a_medium_debt if {
	rows := {
		"debt_refs": [
			object.union(row_of_debt_refs, {"file": "docs/technical_debt/TD-001-slow-join.md", "line": 1, "project": "workspace"}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_high_debt_of_a_tool if {
	rows := {
		"debt_refs": [
			object.union(row_of_debt_refs, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"severity": "high",
			}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "tool"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_closed_one if {
	rows := {
		"debt_refs": [
			object.union(row_of_debt_refs, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"open": false,
				"severity": "high",
			}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
