package arqonbus.state_machines.table_is_used_test

import data.arqonbus.state_machines.table_is_used as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machines := {
	"file": "docs/state_machines/a.md",
	"line": 1,
	"project": "@arqonbus/shield",
	"name": "a",
	"table_name": "xTransitions",
	"table_found": true,
	"table_whole": true,
	"table_used": true,
}

test_denies_the_code_does_not_look_into_xtransitions_the_table_of_the_ma if {
	rows := {
		"machines": [
			object.union(row_of_machines, {"file": "docs/state_machines/unused.md", "name": "unused", "table_used": false}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "the code does not look into xTransitions, the table of the machine unused"
	finding._loc.line > 0
}

test_denies_parts_of_xtransitions_the_table_of_the_machine_a_are_compute if {
	rows := {
		"machines": [
			object.union(row_of_machines, {"table_whole": false}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "parts of xTransitions, the table of the machine a, are computed"
	finding._loc.line > 0
}

test_passes_case_1 if {
	rows := {
		"machines": [
			row_of_machines,
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
