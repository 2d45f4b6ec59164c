# METADATA
# title: Every project has one known role and one known layer
# description: >-
#   Each folder under apps, libs and tools is a project, and each project has exactly one layer: tag and one role: tag that the layering
#   table knows, at a place that fits them. A project without tags would be judged by no rule.
# scope: package
# custom:
#   id: architecture.project_has_layer
#   severity: high
#   category: architecture
#   requirements: [J35, J23, A4, S1, S10]
#   fix: "Add nx.tags with one role: and one layer: of data.layering_graph to the project's package.json."
package arqonbus.architecture.project_has_layer

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"project_folders": {"root", "has_manifest", "scripts"},
	"projects": {"root", "tags", "layer", "role"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(row, row.root, sprintf("%s is no project: it has no package.json", [row.root])) if {
	some row in input.project_folders
	count(split(row.root, "/")) == 2
	row.has_manifest == false
}

deny contains report.finding(row, row.root, sprintf("scripts lie directly under %s and belong to no project", [row.root])) if {
	some row in input.project_folders
	count(split(row.root, "/")) == 1
	row.scripts > 0
}

deny contains report.finding(row, row.root, sprintf("the manifest of %s was not read as that of a project", [row.root])) if {
	some row in input.project_folders
	row.has_manifest == true
	not row.root in {project.root | some project in input.projects}
}

deny contains report.finding(row, sprintf("%s name", [row.root]), sprintf("%s is the name of two projects", [row.project])) if {
	some row in input.projects
	count({other.root | some other in input.projects; other.project == row.project}) > 1
}

deny contains report.finding(row, sprintf("%s %s", [row.root, kind]), sprintf("%s has %d %s: tags, not one", [row.project, found, kind])) if {
	some row in judged
	some kind in ["layer", "role"]
	found := count({tag | some tag in row.tags; startswith(tag, sprintf("%s:", [kind]))})
	found != 1
}

deny contains report.finding(row, sprintf("%s %s", [row.root, tag]), sprintf("%s has the tag %s, which no rule knows", [row.project, tag])) if {
	some row in judged
	some tag in row.tags
	not tag in known_tags
}

deny contains report.finding(row, sprintf("%s place", [row.root]), msg) if {
	some row in judged
	parent := split(row.root, "/")[0]
	not sprintf("layer:%s", [row.layer]) in object.get(data.layering_graph.layers_of_parent, parent, [])
	msg := sprintf("%s is tagged layer:%s, which does not belong under %s", [row.project, row.layer, parent])
}

deny contains report.finding(row, sprintf("%s role", [row.root]), sprintf("%s must be %s and %s", [row.root, place.role, place.layer])) if {
	some row in judged
	place := data.layering_graph.place[row.root]
	not {place.role, place.layer} & {tag | some tag in row.tags} == {place.role, place.layer}
}

# Projects of other places, such as the contract's sources, hold no code.
judged contains row if {
	some row in input.projects
	split(row.root, "/")[0] in {"apps", "libs", "tools"}
}

known_tags contains tag if some tag, _ in data.layering_graph.rows

known_tags contains tag if some tag in data.layering_graph.roles

known_tags contains tag if some tag in data.layering_graph.other_tags
