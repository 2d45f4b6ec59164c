package arqonbus.architecture.adapter_isolation_test

import data.arqonbus.architecture.adapter_isolation as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_project_edges(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 2,
		"project": "@arqonbus/spine",
		"to": "@arqonbus/errors",
		"imported": true,
		"tested": false,
		"declared": "dependencies",
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

row_of_imports(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"package": "zod",
		"module": "zod",
		"test": false,
		"type_only": false,
	},
	changes,
)

test_denies_another_adapter if {
	tables := {
		"project_edges": [row_of_project_edges({"project": "@arqonbus/storage-nats", "to": "@arqonbus/storage-redis"})],
		"projects": [
			row_of_projects({
				"file": "libs/storage-redis/package.json",
				"project": "@arqonbus/storage-redis",
				"layer": "adapter",
				"tags": ["role:storage-redis", "layer:adapter"],
			}),
			row_of_projects({
				"file": "libs/storage-nats/package.json",
				"project": "@arqonbus/storage-nats",
				"layer": "adapter",
				"tags": ["role:storage-nats", "layer:adapter"],
			}),
		],
		"imports": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/storage-redis"
	not startswith(found.msg, "cannot judge")
}

test_denies_another_client if {
	tables := {
		"project_edges": [],
		"projects": [
			row_of_projects({
				"file": "libs/storage-nats/package.json",
				"project": "@arqonbus/storage-nats",
				"layer": "adapter",
				"tags": ["role:storage-nats", "layer:adapter"],
			}),
		],
		"imports": [
			row_of_imports({
				"file": "libs/storage-nats/src/a.ts",
				"project": "@arqonbus/storage-nats",
				"module": "ioredis",
				"package": "ioredis",
				"type_only": true,
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "ioredis"
	not startswith(found.msg, "cannot judge")
}

test_denies_in_the_manifest_alone if {
	tables := {
		"project_edges": [
			row_of_project_edges({
				"project": "@arqonbus/storage-nats",
				"to": "@arqonbus/storage-redis",
				"imported": false,
				"declared": "devDependencies",
			}),
		],
		"projects": [
			row_of_projects({
				"file": "libs/storage-redis/package.json",
				"project": "@arqonbus/storage-redis",
				"layer": "adapter",
				"tags": ["role:storage-redis", "layer:adapter"],
			}),
			row_of_projects({
				"file": "libs/storage-nats/package.json",
				"project": "@arqonbus/storage-nats",
				"layer": "adapter",
				"tags": ["role:storage-nats", "layer:adapter"],
			}),
		],
		"imports": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/storage-redis"
	not startswith(found.msg, "cannot judge")
}

test_passes_a_port if {
	tables := {
		"project_edges": [row_of_project_edges({"project": "@arqonbus/storage-redis", "to": "@arqonbus/storage"})],
		"projects": [
			row_of_projects({
				"file": "libs/storage-redis/package.json",
				"project": "@arqonbus/storage-redis",
				"layer": "adapter",
				"tags": ["role:storage-redis", "layer:adapter"],
			}),
			row_of_projects({
				"file": "libs/storage/package.json",
				"project": "@arqonbus/storage",
				"layer": "port",
				"tags": ["role:storage", "layer:port"],
			}),
		],
		"imports": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_one_vendor if {
	tables := {
		"project_edges": [],
		"projects": [
			row_of_projects({
				"file": "libs/storage-redis/package.json",
				"project": "@arqonbus/storage-redis",
				"layer": "adapter",
				"tags": ["role:storage-redis", "layer:adapter"],
			}),
		],
		"imports": [
			row_of_imports({
				"file": "libs/storage-redis/src/a.ts",
				"project": "@arqonbus/storage-redis",
				"module": "ioredis",
				"package": "ioredis",
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
	denied := rule.deny with input as facts_of({"project_edges": [], "projects": [], "imports": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
