package arqonbus.technical_debt.td_refs_exist_test

import data.arqonbus.technical_debt.td_refs_exist as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"debt_refs": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_debt_refs := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"id": "TD-001",
	"ref": "libs/x/src/a.ts",
	"exists": true,
	"open": true,
}

test_denies_a_file_that_is_gone if {
	rows := {
		"debt_refs": [
			object.union(row_of_debt_refs, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"ref": "libs/x/src/gone.ts",
				"exists": false,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "TD-001 names libs/x/src/gone.ts, which is not there"
	found._loc.line > 0
}

test_passes_a_file if {
	rows := {"debt_refs": [object.union(row_of_debt_refs, {"file": "docs/technical_debt/TD-001-slow-join.md", "line": 1, "project": "workspace"})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_closed_item if {
	rows := {
		"debt_refs": [
			object.union(row_of_debt_refs, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"exists": false,
				"open": false,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
