package arqonbus.technical_debt.todo_needs_td_test

import data.arqonbus.technical_debt.todo_needs_td as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"work_markers": [], "file_markers": [], "projects": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_file_markers := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"marker": "HACK",
	"td": [],
	"owner": "",
	"test": false,
}

row_of_projects := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"layer": "domain",
}

row_of_work_markers := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"marker": "HACK",
	"td": [],
	"owner": "",
	"test": false,
}

test_denies_a_mark_without_item if {
	rows := {"work_markers": [object.union(row_of_work_markers, {"file": "libs/x/src/a.ts"})]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "HACK names no item of the debt register"
	found._loc.line > 0
}

test_denies_a_mark_in_another_file if {
	rows := {"file_markers": [object.union(row_of_file_markers, {"file": "proto/arqon/v1/frame.proto", "project": "proto"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_mark_in_a_test if {
	rows := {"work_markers": [object.union(row_of_work_markers, {"file": "libs/x/src/a.ts", "test": true})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_mark_of_the_core_without_owner if {
	rows := {
		"work_markers": [
			object.union(row_of_work_markers, {"file": "libs/x/src/a.ts", "td": ["TD-001"]}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_an_item_and_an_owner if {
	rows := {
		"work_markers": [
			object.union(row_of_work_markers, {"file": "libs/x/src/a.ts", "td": ["TD-001"], "owner": "@arqonbus/spine"}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_tool_without_owner if {
	rows := {
		"work_markers": [
			object.union(row_of_work_markers, {"file": "libs/x/src/a.ts", "td": ["TD-001"]}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "tool"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_test_without_owner if {
	rows := {
		"work_markers": [
			object.union(row_of_work_markers, {"file": "libs/x/src/a.ts", "td": ["TD-001"], "test": true}),
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
