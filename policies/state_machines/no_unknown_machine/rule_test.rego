package arqonbus.state_machines.no_unknown_machine_test

import data.arqonbus.state_machines.no_unknown_machine as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machines := {
	"file": "docs/state_machines/a.md",
	"line": 1,
	"project": "@arqonbus/shield",
	"name": "a",
	"states_file": "apps/shield/src/x.ts",
	"states_name": "XState",
	"table_file": "apps/shield/src/x.ts",
	"table_name": "xTransitions",
	"states_found": true,
	"table_found": true,
}

test_denies_apps_shield_src_x_ts_does_not_declare_xstate_the_states_of_t if {
	rows := {
		"machines": [
			object.union(row_of_machines, {"file": "docs/state_machines/ghost.md", "name": "ghost", "states_found": false}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "apps/shield/src/x.ts does not declare XState, the states of the machine ghost"
	finding._loc.line > 0
}

test_denies_apps_shield_src_x_ts_does_not_declare_xtransitions_the_trans if {
	rows := {
		"machines": [
			object.union(row_of_machines, {"table_found": false}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "apps/shield/src/x.ts does not declare xTransitions, the transitions of the machine a"
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
