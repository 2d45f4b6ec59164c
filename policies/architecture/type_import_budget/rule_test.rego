package arqonbus.architecture.type_import_budget_test

import data.arqonbus.architecture.type_import_budget as rule

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
		"role": "spine",
		"tags": ["role:spine", "layer:app"],
		"layer": "app",
	},
	changes,
)

test_passes_a_type_of_the_link if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/shield/src/a.ts",
				"project": "@arqonbus/shield",
				"type_only": true,
				"module": "@arqonbus/link",
				"package": "@arqonbus/link",
			}),
		],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"role": "shield",
				"layer": "app",
				"tags": ["role:shield", "layer:app"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_warns_a_type_of_the_store if {
	tables := {
		"imports": [
			row_of_imports({"file": "apps/shield/src/a.ts", "project": "@arqonbus/shield", "type_only": true, "module": "pg", "package": "pg"}),
		],
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"role": "shield",
				"layer": "app",
				"tags": ["role:shield", "layer:app"],
			}),
		],
	}
	warned := rule.warn with input as facts_of(tables)
	count(warned) == 1
}

test_warns_too_many if {
	edge := row_of_projects({"project": "@arqonbus/shield", "role": "shield", "tags": ["role:shield", "layer:app"]})
	types := [found |
		some line in numbers.range(1, 31)
		found := row_of_imports({"project": "@arqonbus/shield", "line": line, "type_only": true})
	]
	warned := rule.warn with input as facts_of({"imports": types, "projects": [edge]})
	count(warned) == 1
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"imports": [], "projects": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
