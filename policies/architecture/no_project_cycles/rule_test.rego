package arqonbus.architecture.no_project_cycles_test

import data.arqonbus.architecture.no_project_cycles as rule

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

row_of_imports(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"package": "zod",
		"module": "zod",
		"kind": "package",
	},
	changes,
)

test_denies_a_cycle if {
	tables := {
		"project_edges": [
			row_of_project_edges({"project": "@arqonbus/a", "to": "@arqonbus/b"}),
			row_of_project_edges({"project": "@arqonbus/b", "to": "@arqonbus/a"}),
		],
		"imports": [],
	}
	denied := rule.deny with input as facts_of(tables)
	{found.subject | some found in denied} == {"@arqonbus/a", "@arqonbus/b"}
}

test_denies_a_long_cycle if {
	tables := {
		"project_edges": [
			row_of_project_edges({"project": "@arqonbus/a", "to": "@arqonbus/b"}),
			row_of_project_edges({"project": "@arqonbus/b", "to": "@arqonbus/c", "imported": false, "declared": "devDependencies"}),
			row_of_project_edges({"project": "@arqonbus/c", "to": "@arqonbus/a", "imported": false, "tested": true}),
		],
		"imports": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/c"
	not startswith(found.msg, "cannot judge")
}

test_denies_itself if {
	tables := {
		"project_edges": [],
		"imports": [row_of_imports({"module": "@arqonbus/spine", "kind": "workspace", "package": "@arqonbus/spine"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/spine"
	not startswith(found.msg, "cannot judge")
}

test_passes_a_tree if {
	tables := {
		"project_edges": [
			row_of_project_edges({"project": "@arqonbus/a", "to": "@arqonbus/b"}),
			row_of_project_edges({"project": "@arqonbus/a", "to": "@arqonbus/c"}),
			row_of_project_edges({"project": "@arqonbus/b", "to": "@arqonbus/c"}),
		],
		"imports": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}
