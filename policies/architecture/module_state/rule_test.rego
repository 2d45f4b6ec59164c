package arqonbus.architecture.module_state_test

import data.arqonbus.architecture.module_state as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_module_state(changes) := object.union(
	{
		"file": "apps/spine/src/routing/intake.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"name": "count",
		"kind": "variable",
	},
	changes,
)

test_denies_a_variable if {
	tables := {
		"module_state": [row_of_module_state({})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "count"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_cache if {
	tables := {
		"module_state": [row_of_module_state({"name": "cache", "kind": "changed"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "cache"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_static if {
	tables := {
		"module_state": [row_of_module_state({"name": "instances", "kind": "static"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "instances"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_global if {
	tables := {
		"module_state": [row_of_module_state({"name": "globalThis.bus", "kind": "global"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "globalThis.bus"
	not startswith(found.msg, "cannot judge")
}

test_denies_what_another_module_exports if {
	tables := {
		"module_state": [row_of_module_state({"name": "hardCaps.frameBytes", "kind": "imported"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "hardCaps.frameBytes"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_variable_of_the_core if {
	tables := {
		"module_state": [row_of_module_state({"file": "libs/casil/src/a.ts", "project": "@arqonbus/casil"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "count"
	not startswith(found.msg, "cannot judge")
}

test_passes_scratch_of_a_detector if {
	tables := {
		"module_state": [
			row_of_module_state({"file": "libs/casil/src/detectors/jwt.ts", "project": "@arqonbus/casil", "name": "decoded", "kind": "changed"}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_a_tool if {
	tables := {
		"module_state": [row_of_module_state({"file": "tools/bench/src/a.ts", "project": "@arqonbus/bench"})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"module_state": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
