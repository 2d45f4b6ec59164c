package arqonbus.architecture.native_addon_only_in_transport_test

import data.arqonbus.architecture.native_addon_only_in_transport as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_imports(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"module": "zod",
		"package": "zod",
		"type_only": false,
		"test": false,
	},
	changes,
)

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"tags": ["role:spine", "layer:app"],
	},
	changes,
)

row_of_project_dependencies(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 9,
		"project": "@arqonbus/spine",
		"name": "zod",
		"installed": "zod",
		"section": "dependencies",
	},
	changes,
)

test_denies_the_engine_elsewhere if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/shield/src/a.ts",
				"project": "@arqonbus/shield",
				"module": "uWebSockets.js",
				"package": "uWebSockets.js",
			}),
		],
		"projects": [
			row_of_projects({"file": "apps/shield/package.json", "project": "@arqonbus/shield", "tags": ["role:shield", "layer:app"]}),
		],
		"project_dependencies": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "uWebSockets.js"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_alias if {
	tables := {
		"imports": [],
		"projects": [
			row_of_projects({"file": "apps/shield/package.json", "project": "@arqonbus/shield", "tags": ["role:shield", "layer:app"]}),
		],
		"project_dependencies": [
			row_of_project_dependencies({"file": "apps/shield/package.json", "project": "@arqonbus/shield", "name": "engine", "installed": "uws-pack"}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "engine"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_addon_of_no_adapter if {
	tables := {
		"imports": [row_of_imports({"module": "bcrypt", "package": "bcrypt"})],
		"projects": [
			row_of_projects({"file": "apps/spine/package.json", "project": "@arqonbus/spine", "tags": ["role:spine", "layer:app"]}),
		],
		"project_dependencies": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "bcrypt"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_file if {
	tables := {
		"imports": [row_of_imports({"module": "../build/addon.node", "package": ""})],
		"projects": [
			row_of_projects({"file": "apps/spine/package.json", "project": "@arqonbus/spine", "tags": ["role:spine", "layer:app"]}),
		],
		"project_dependencies": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "../build/addon.node"
	not startswith(found.msg, "cannot judge")
}

test_passes_the_transport if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "libs/transport/src/a.ts",
				"project": "@arqonbus/transport",
				"module": "uWebSockets.js",
				"package": "uWebSockets.js",
			}),
		],
		"projects": [
			row_of_projects({
				"file": "libs/transport/package.json",
				"project": "@arqonbus/transport",
				"tags": ["role:transport", "layer:transport"],
			}),
		],
		"project_dependencies": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_others if {
	tables := {
		"imports": [row_of_imports({})],
		"projects": [
			row_of_projects({"file": "apps/spine/package.json", "project": "@arqonbus/spine", "tags": ["role:spine", "layer:app"]}),
		],
		"project_dependencies": [row_of_project_dependencies({})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"imports": [], "projects": [], "project_dependencies": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
