package arqonbus.architecture.env_only_at_entry_test

import data.arqonbus.architecture.env_only_at_entry as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

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

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"role": "spine",
	},
	changes,
)

test_denies_a_handler if {
	tables := {
		"environment_reads": [row_of_environment_reads({})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "env PORT"
	not startswith(found.msg, "cannot judge")
}

test_denies_arguments if {
	tables := {
		"environment_reads": [
			row_of_environment_reads({"what": "argv", "variable": "slice", "file": "libs/link/src/a.ts", "project": "@arqonbus/link"}),
		],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "argv slice"
	not startswith(found.msg, "cannot judge")
}

test_denies_another_variable_at_an_allowed_place if {
	tables := {
		"environment_reads": [row_of_environment_reads({"file": "libs/transport/src/transport-engine.ts", "variable": "PORT"})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "env PORT"
	not startswith(found.msg, "cannot judge")
}

test_passes_an_entry_point if {
	tables := {
		"environment_reads": [row_of_environment_reads({"file": "apps/spine/src/main.ts"})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_the_settings_library if {
	tables := {
		"environment_reads": [row_of_environment_reads({"file": "libs/config/src/load-settings.ts", "project": "@arqonbus/config"})],
		"projects": [row_of_projects({"file": "libs/config/package.json", "project": "@arqonbus/config", "role": "config"})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_a_build_script if {
	tables := {
		"environment_reads": [
			row_of_environment_reads({"file": "libs/sdk-js/scripts/bundle.mjs", "project": "@arqonbus/sdk", "what": "argv"}),
		],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"environment_reads": [], "projects": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"environment_reads": [], "projects": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
