package arqonbus.architecture.domain_pure_test

import data.arqonbus.architecture.domain_pure as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_pure_layer_uses(changes) := object.union(
	{
		"file": "libs/envelope/src/a.ts",
		"line": 8,
		"project": "@arqonbus/envelope",
		"kind": "clock",
		"name": "Date.now",
	},
	changes,
)

row_of_imports(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"kind": "package",
		"module": "zod",
		"package": "zod",
		"test": false,
	},
	changes,
)

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"layer": "app",
	},
	changes,
)

test_denies_a_clock if {
	tables := {
		"pure_layer_uses": [row_of_pure_layer_uses({})],
		"imports": [],
		"projects": [row_of_projects({"file": "libs/envelope/package.json", "project": "@arqonbus/envelope", "layer": "domain"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "Date.now"
	not startswith(found.msg, "cannot judge")
}

test_denies_randomness if {
	tables := {
		"pure_layer_uses": [row_of_pure_layer_uses({"kind": "random", "name": "Math.random"})],
		"imports": [],
		"projects": [row_of_projects({"file": "libs/envelope/package.json", "project": "@arqonbus/envelope", "layer": "domain"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "Math.random"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_async_function if {
	tables := {
		"pure_layer_uses": [row_of_pure_layer_uses({"kind": "async", "name": "async function"})],
		"imports": [],
		"projects": [row_of_projects({"file": "libs/envelope/package.json", "project": "@arqonbus/envelope", "layer": "domain"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "async function"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_built_in if {
	tables := {
		"pure_layer_uses": [],
		"imports": [
			row_of_imports({
				"file": "libs/envelope/src/a.ts",
				"project": "@arqonbus/envelope",
				"module": "node:crypto",
				"kind": "builtin",
				"package": "crypto",
			}),
		],
		"projects": [row_of_projects({"file": "libs/envelope/package.json", "project": "@arqonbus/envelope", "layer": "domain"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "node:crypto"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_built_in_without_its_prefix if {
	tables := {
		"pure_layer_uses": [],
		"imports": [
			row_of_imports({
				"file": "libs/envelope/src/a.ts",
				"project": "@arqonbus/envelope",
				"module": "fs/promises",
				"kind": "builtin",
				"package": "fs",
			}),
		],
		"projects": [row_of_projects({"file": "libs/envelope/package.json", "project": "@arqonbus/envelope", "layer": "domain"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "fs/promises"
	not startswith(found.msg, "cannot judge")
}

test_passes_nothing if {
	tables := {
		"pure_layer_uses": [],
		"imports": [],
		"projects": [row_of_projects({"file": "libs/envelope/package.json", "project": "@arqonbus/envelope", "layer": "domain"})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_built_ins_elsewhere if {
	tables := {
		"pure_layer_uses": [],
		"imports": [row_of_imports({"module": "node:fs", "kind": "builtin", "package": "fs"})],
		"projects": [row_of_projects({"file": "apps/spine/package.json", "project": "@arqonbus/spine", "layer": "app"})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
