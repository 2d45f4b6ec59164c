# METADATA
# title: The graph is as large as the repository
# description: >-
#   Rules about imports find nothing in a graph that was not read. The numbers of projects, scripts, imports, resolved imports and edges
#   stay above floors kept in data.layering_graph.floors, every project with sources has imports, and every import between projects is
#   an edge that Nx knows as well, where Nx has a fresh graph.
# scope: package
# custom:
#   id: architecture.graph_not_vacuous
#   severity: critical
#   category: architecture
#   requirements: [J3, J35, S8]
#   fix: Find out why the facts are fewer; lower the floor in data.layering_graph only with the code that went.
package arqonbus.architecture.graph_not_vacuous

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"graph_sizes": {"scripts", "imports", "resolved", "crossing", "nx"},
	"project_edges": {"to", "imported", "nx"},
	"projects": {"root"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(here, name, sprintf("the graph has %d %s, the floor is %d", [found, name, least])) if {
	some name, least in data.layering_graph.floors
	found := object.get(sizes, name, 0)
	found < least
}

deny contains report.incomplete("data.layering_graph.floors lacks a number") if {
	some name, _ in sizes
	not is_number(object.get(data.layering_graph, ["floors", name], ""))
}

deny contains report.finding(row, row.project, sprintf("%s has %d scripts and no import that leads to a file", [row.project, row.scripts])) if {
	some row in input.graph_sizes
	row.scripts >= 5
	row.resolved == 0
}

deny contains report.finding(row, row.project, sprintf("Nx does not know %s", [row.project])) if {
	some row in input.graph_sizes
	not row.nx in {"known", "absent", "stale"}
}

deny contains report.finding(row, row.to, sprintf("%s imports %s, and the graph of Nx does not say so", [row.project, row.to])) if {
	some row in input.project_edges
	row.imported == true
	not row.nx in {"yes", "unknown"}
}

here := {"file": "policies/data/layering_graph.json", "line": 1, "project": "workspace"}

sizes := {
	"projects": count(input.projects),
	"scripts": sum([row.scripts | some row in input.graph_sizes]),
	"imports": sum([row.imports | some row in input.graph_sizes]),
	"resolved": sum([row.resolved | some row in input.graph_sizes]),
	"edges": count(input.project_edges),
	"cross_imports": sum([row.crossing | some row in input.graph_sizes]),
}
