package arqonbus.technical_debt.td_dangling_test

import data.arqonbus.technical_debt.td_dangling as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"work_markers": [], "file_markers": [], "unfinished_code": [], "test_modifiers": [], "debt_items": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_debt_items := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"id": "TD-001",
	"status": "open",
}

row_of_file_markers := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"td": [],
}

row_of_test_modifiers := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"td": ["TD-001"],
}

row_of_unfinished_code := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"td": [],
}

row_of_work_markers := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"td": [],
}

test_denies_an_unknown_id if {
	rows := {
		"work_markers": [
			object.union(row_of_work_markers, {"file": "libs/x/src/a.ts", "td": ["TD-999"]}),
		],
		"debt_items": [
			object.union(row_of_debt_items, {"file": "docs/technical_debt/TD-001-slow-join.md", "line": 1, "project": "workspace"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "TD-999 is not in docs/technical_debt"
	found._loc.line > 0
}

test_denies_a_closed_item if {
	rows := {
		"file_markers": [
			object.union(row_of_file_markers, {"file": "proto/arqon/v1/frame.proto", "project": "proto", "td": ["TD-001"]}),
		],
		"debt_items": [
			object.union(row_of_debt_items, {
				"file": "docs/technical_debt/TD-001-slow-join.md",
				"line": 1,
				"project": "workspace",
				"status": "closed",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_code_not_finished if {
	rows := {"unfinished_code": [object.union(row_of_unfinished_code, {"file": "libs/x/src/a.ts", "td": ["TD-998"]})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_skipped_test if {
	rows := {"test_modifiers": [object.union(row_of_test_modifiers, {"td": ["TD-997"]})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_an_open_item if {
	rows := {
		"work_markers": [
			object.union(row_of_work_markers, {"file": "libs/x/src/a.ts", "td": ["TD-001"]}),
		],
		"debt_items": [
			object.union(row_of_debt_items, {"file": "docs/technical_debt/TD-001-slow-join.md", "line": 1, "project": "workspace"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_no_id if {
	rows := {"work_markers": [object.union(row_of_work_markers, {"file": "libs/x/src/a.ts"})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
