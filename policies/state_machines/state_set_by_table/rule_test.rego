package arqonbus.state_machines.state_set_by_table_test

import data.arqonbus.state_machines.state_set_by_table as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machines := {
	"file": "docs/state_machines/a.md",
	"line": 1,
	"project": "@arqonbus/shield",
	"name": "a",
	"field_file": "apps/shield/src/x.ts",
	"field": "state",
}

row_of_state_writes := {
	"file": "apps/shield/src/x.ts",
	"line": 30,
	"project": "@arqonbus/shield",
	"field": "state",
	"values": ["open"],
	"by_table": true,
	"test": false,
}

row_of_projects := {
	"file": "apps/shield/package.json",
	"line": 1,
	"project": "@arqonbus/shield",
	"layer": "app",
}

test_denies_state_of_the_machine_bypassed_is_written_past_its_table_of_t if {
	rows := {
		"machines": [
			object.union(row_of_machines, {
				"file": "docs/state_machines/bypassed.md",
				"name": "bypassed",
				"field_file": "apps/shield/src/bypassed.ts",
			}),
		],
		"state_writes": [
			object.union(row_of_state_writes, {"file": "apps/shield/src/bypassed.ts", "by_table": false}),
		],
		"projects": [
			row_of_projects,
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "state of the machine bypassed is written past its table of transitions"
	finding._loc.line > 0
}

test_denies_state_of_the_machine_a_is_written_past_its_table_of_transiti if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"state_writes": [
			object.union(row_of_state_writes, {"values": [], "by_table": false}),
		],
		"projects": [
			row_of_projects,
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "state of the machine a is written past its table of transitions"
	finding._loc.line > 0
}

test_denies_state_becomes_open_past_any_table_of_transitions if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"state_writes": [
			object.union(row_of_state_writes, {"file": "apps/shield/src/y.ts", "by_table": false}),
		],
		"projects": [
			row_of_projects,
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "state becomes open past any table of transitions"
	finding._loc.line > 0
}

test_passes_case_1 if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"state_writes": [
			row_of_state_writes,
		],
		"projects": [
			row_of_projects,
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_case_2 if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"state_writes": [
			object.union(row_of_state_writes, {"file": "apps/shield/src/y.ts", "values": [], "by_table": false}),
		],
		"projects": [
			row_of_projects,
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_case_3 if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"state_writes": [
			object.union(row_of_state_writes, {"file": "tools/bench/src/y.ts", "project": "@arqonbus/bench", "by_table": false}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "apps/bench/package.json", "project": "@arqonbus/bench", "layer": "tool"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
