package arqonbus.architecture.ports_no_vendor_test

import data.arqonbus.architecture.ports_no_vendor as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_imports(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"kind": "package",
		"package": "zod",
		"module": "zod",
		"test": false,
	},
	changes,
)

row_of_project_dependencies(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 9,
		"project": "@arqonbus/spine",
		"name": "zod",
		"section": "dependencies",
		"installed": "zod",
		"workspace": false,
	},
	changes,
)

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"layer": "app",
		"tags": ["role:spine", "layer:app"],
	},
	changes,
)

test_denies_a_vendor if {
	tables := {
		"imports": [
			row_of_imports({"file": "libs/storage/src/a.ts", "project": "@arqonbus/storage", "module": "ioredis", "package": "ioredis"}),
		],
		"project_dependencies": [],
		"projects": [
			row_of_projects({
				"file": "libs/storage/package.json",
				"project": "@arqonbus/storage",
				"layer": "port",
				"tags": ["role:storage", "layer:port"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "ioredis"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_client if {
	tables := {
		"imports": [row_of_imports({"file": "libs/auth/src/a.ts", "project": "@arqonbus/auth", "module": "axios", "package": "axios"})],
		"project_dependencies": [],
		"projects": [
			row_of_projects({
				"file": "libs/auth/package.json",
				"project": "@arqonbus/auth",
				"layer": "port",
				"tags": ["role:auth", "layer:port"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "axios"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_dependency if {
	tables := {
		"imports": [],
		"project_dependencies": [
			row_of_project_dependencies({"file": "libs/auth/package.json", "project": "@arqonbus/auth", "name": "auth0", "installed": "auth0"}),
		],
		"projects": [
			row_of_projects({
				"file": "libs/auth/package.json",
				"project": "@arqonbus/auth",
				"layer": "port",
				"tags": ["role:auth", "layer:port"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "auth0"
	not startswith(found.msg, "cannot judge")
}

test_passes_its_library if {
	tables := {
		"imports": [
			row_of_imports({"file": "libs/auth/src/a.ts", "project": "@arqonbus/auth", "module": "jose/errors", "package": "jose"}),
		],
		"project_dependencies": [],
		"projects": [
			row_of_projects({
				"file": "libs/auth/package.json",
				"project": "@arqonbus/auth",
				"layer": "port",
				"tags": ["role:auth", "layer:port"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_apps if {
	tables := {
		"imports": [row_of_imports({})],
		"project_dependencies": [],
		"projects": [
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"layer": "app",
				"tags": ["role:spine", "layer:app"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"imports": [], "project_dependencies": [], "projects": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
