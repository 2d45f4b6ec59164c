package arqonbus.architecture.no_environment_branches_test

import data.arqonbus.architecture.no_environment_branches as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_environment_branches(changes) := object.union(
	{
		"file": "apps/spine/src/routing/intake.ts",
		"line": 8,
		"project": "@arqonbus/spine",
		"literal": "production",
		"operand": "stage",
		"test": false,
	},
	changes,
)

row_of_environment_reads(changes) := object.union(
	{
		"file": "apps/spine/src/routing/intake.ts",
		"line": 8,
		"project": "@arqonbus/spine",
		"what": "env",
		"variable": "PORT",
	},
	changes,
)

test_denies_a_comparison if {
	tables := {
		"environment_branches": [row_of_environment_branches({})],
		"environment_reads": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "production"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_variable if {
	tables := {
		"environment_branches": [],
		"environment_reads": [row_of_environment_reads({"file": "apps/spine/src/main.ts", "variable": "NODE_ENV"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "NODE_ENV"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_method_of_it if {
	tables := {
		"environment_branches": [],
		"environment_reads": [row_of_environment_reads({"file": "apps/spine/src/main.ts", "variable": "NODE_ENV.toLowerCase"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "NODE_ENV.toLowerCase"
	not startswith(found.msg, "cannot judge")
}

test_passes_a_test if {
	tables := {
		"environment_branches": [row_of_environment_branches({"test": true})],
		"environment_reads": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_a_variable_of_its_own if {
	tables := {
		"environment_branches": [],
		"environment_reads": [row_of_environment_reads({"file": "apps/spine/src/main.ts", "variable": "ARQON_PARENT_PID"})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"environment_branches": [], "environment_reads": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"environment_branches": [], "environment_reads": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
