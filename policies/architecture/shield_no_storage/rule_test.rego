package arqonbus.architecture.shield_no_storage_test

import data.arqonbus.architecture.shield_no_storage as rule

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
		"kind": "package",
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
		"role": "spine",
		"layer": "app",
		"root": "apps/spine",
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
	},
	changes,
)

row_of_project_edges(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 2,
		"project": "@arqonbus/spine",
		"to": "@arqonbus/errors",
		"imported": true,
	},
	changes,
)

test_denies_a_database if {
	tables := {
		"imports": [row_of_imports({"file": "apps/shield/src/main.ts", "project": "@arqonbus/shield", "module": "pg", "package": "pg"})],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"layer": "app",
			}),
		],
		"project_dependencies": [],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "pg"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_subpath if {
	tables := {
		"imports": [
			row_of_imports({"file": "apps/shield/src/main.ts", "project": "@arqonbus/shield", "module": "pg/lib/client.js", "package": "pg"}),
		],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"layer": "app",
			}),
		],
		"project_dependencies": [],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "pg/lib/client.js"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_required_scope if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/shield/src/main.ts",
				"project": "@arqonbus/shield",
				"module": "@nats-io/jetstream",
				"package": "@nats-io/jetstream",
			}),
		],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"layer": "app",
			}),
		],
		"project_dependencies": [],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@nats-io/jetstream"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_built_in if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/shield/src/main.ts",
				"project": "@arqonbus/shield",
				"module": "node:sqlite",
				"kind": "builtin",
				"package": "sqlite",
			}),
		],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"layer": "app",
			}),
		],
		"project_dependencies": [],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "node:sqlite"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_storage_project if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/shield/src/main.ts",
				"project": "@arqonbus/shield",
				"module": "@arqonbus/storage",
				"kind": "workspace",
				"package": "@arqonbus/storage",
			}),
		],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"layer": "app",
			}),
			row_of_projects({
				"file": "libs/storage/package.json",
				"project": "@arqonbus/storage",
				"root": "libs/storage",
				"role": "storage",
				"layer": "port",
			}),
		],
		"project_dependencies": [],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/storage"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_untagged_shield if {
	tables := {
		"imports": [
			row_of_imports({"file": "apps/shield/src/main.ts", "project": "@arqonbus/shield", "module": "redis", "package": "redis"}),
		],
		"projects": [
			row_of_projects({"file": "apps/shield/package.json", "project": "@arqonbus/shield", "root": "apps/shield", "role": "", "layer": ""}),
		],
		"project_dependencies": [],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "redis"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_alias_in_the_manifest if {
	tables := {
		"imports": [],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"layer": "app",
			}),
		],
		"project_dependencies": [
			row_of_project_dependencies({"file": "apps/shield/package.json", "project": "@arqonbus/shield", "name": "pool", "installed": "pg"}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "pool"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_library_between if {
	tables := {
		"imports": [row_of_imports({"file": "libs/auth/src/a.ts", "project": "@arqonbus/auth", "module": "pg", "package": "pg"})],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"layer": "app",
			}),
			row_of_projects({
				"file": "libs/auth/package.json",
				"project": "@arqonbus/auth",
				"root": "libs/auth",
				"role": "auth",
				"layer": "port",
			}),
		],
		"project_dependencies": [],
		"project_edges": [row_of_project_edges({"project": "@arqonbus/shield", "to": "@arqonbus/auth"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "pg"
	not startswith(found.msg, "cannot judge")
}

test_passes_others if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/shield/src/main.ts",
				"project": "@arqonbus/shield",
				"module": "@arqonbus/link",
				"kind": "workspace",
				"package": "@arqonbus/link",
			}),
			row_of_imports({"module": "pg", "package": "pg"}),
		],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"layer": "app",
			}),
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"root": "apps/spine",
				"role": "spine",
				"layer": "app",
			}),
		],
		"project_dependencies": [],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_types if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/shield/src/main.ts",
				"project": "@arqonbus/shield",
				"module": "pg",
				"package": "pg",
				"type_only": true,
			}),
		],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"layer": "app",
			}),
		],
		"project_dependencies": [],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_libraries_that_it_does_not_reach if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "libs/storage-redis/src/a.ts",
				"project": "@arqonbus/storage-redis",
				"module": "ioredis",
				"package": "ioredis",
			}),
		],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"layer": "app",
			}),
			row_of_projects({
				"file": "libs/storage-redis/package.json",
				"project": "@arqonbus/storage-redis",
				"root": "libs/storage-redis",
				"role": "storage-redis",
				"layer": "adapter",
			}),
		],
		"project_dependencies": [],
		"project_edges": [
			row_of_project_edges({"project": "@arqonbus/shield", "to": "@arqonbus/errors"}),
			row_of_project_edges({"project": "@arqonbus/spine", "to": "@arqonbus/storage-redis"}),
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
	denied := rule.deny with input as facts_of({"imports": [], "projects": [], "project_dependencies": [], "project_edges": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
