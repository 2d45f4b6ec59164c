package arqonbus.architecture.graph_not_vacuous_test

import data.arqonbus.architecture.graph_not_vacuous as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_graph_sizes(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"scripts": 90,
		"imports": 500,
		"resolved": 400,
		"crossing": 60,
		"nx": "known",
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
		"nx": "unknown",
	},
	changes,
)

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"root": "apps/spine",
	},
	changes,
)

test_denies_an_empty_graph if {
	tables := {
		"graph_sizes": [],
		"project_edges": [],
		"projects": [row_of_projects({})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "edges"
	not startswith(found.msg, "cannot judge")
}

whole := {
	"projects": [row_of_projects({"project": sprintf("p%d", [n])}) | some n in names],
	"graph_sizes": [row_of_graph_sizes({"project": sprintf("p%d", [n]), "crossing": 30}) | some n in names],
	"project_edges": [row_of_project_edges({"project": sprintf("p%d", [n]), "to": sprintf("p%d", [m])}) | some n in names; some m in [1, 2, 3, 4]],
}

names := numbers.range(1, 29)

test_passes_the_whole if {
	denied := rule.deny with input as facts_of(whole)
	denied == set()
}

test_denies_each_lost_table if {
	every table, _ in whole {
		denied := rule.deny with input as facts_of(object.union(whole, {table: []}))
		count(denied) > 0
	}
}

test_denies_a_project_that_imports_nothing if {
	lost := row_of_graph_sizes({"project": "p1", "resolved": 0})
	denied := rule.deny with input as facts_of(object.union(whole, {"graph_sizes": array.concat(whole.graph_sizes, [lost])}))
	{found.subject | some found in denied} == {"p1"}
}

test_denies_an_edge_that_nx_misses if {
	lost := row_of_project_edges({"project": "p1", "to": "p9", "nx": "no"})
	denied := rule.deny with input as facts_of(object.union(whole, {"project_edges": array.concat(whole.project_edges, [lost])}))
	{found.subject | some found in denied} == {"p9"}
}

test_denies_a_project_that_nx_misses if {
	lost := row_of_graph_sizes({"project": "p1", "nx": "unknown project"})
	denied := rule.deny with input as facts_of(object.union(whole, {"graph_sizes": array.concat(whole.graph_sizes, [lost])}))
	{found.subject | some found in denied} == {"p1"}
}

test_denies_floors_of_another_kind if {
	floors := {"floors": {"projects": "many"}}
	denied := rule.deny with input as facts_of(whole) with data.layering_graph as floors
	count(denied) > 0
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"graph_sizes": [], "project_edges": [], "projects": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
