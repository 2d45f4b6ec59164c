# METADATA
# title: Dependencies follow the layers
# description: >-
#   What a project may depend on follows from its tags, by the table data.layering_graph.rows, which says the same as the lint rules.
#   Judged are imports of production code, imports of tests, and what manifests declare, so that neither a helper in another library nor
#   an unused dependency reaches around a layer.
# scope: package
# custom:
#   id: architecture.layer_order
#   severity: high
#   category: architecture
#   requirements: [S1, S13, A3, A14, J3, J23, A26]
#   fix: Move the code to a layer that may have the dependency, or put it behind a port.
package arqonbus.architecture.layer_order

import data.arqonbus.lib.facts
import data.arqonbus.lib.packages
import data.arqonbus.lib.report

reads := {
	"imports": {"module", "kind", "package", "type_only", "test", "names"},
	"projects": {"tags"},
	"project_edges": {"to", "imported", "tested", "declared"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.layering_graph is missing") if not data.layering_graph

deny contains report.finding(row, row["package"], sprintf("%s must not import %s", [concat(" ", sort(tags_of[row.project])), row.module])) if {
	some row in input.imports
	not row.test
	is_forbidden(row)
}

deny contains report.finding(row, row.to, sprintf("tests of %s must not import %s", [concat(" ", sort(tags_of[row.project])), row.to])) if {
	some row in input.project_edges
	row.tested == true
	some tag in tags_of[row.project]
	may := layers.rows[tag].may
	count(may) > 0
	every target in tags_of[row.to] {
		not target in may
		not target in layers.test_layers
	}
}

deny contains report.finding(row, row.to, sprintf("%s must not declare %s in %s", [row.project, row.to, row.declared])) if {
	some row in input.project_edges
	row.declared in {"dependencies", "peerDependencies", "optionalDependencies"}
	row.imported == false
	leads_astray(row.project, row.to)
}

deny contains report.finding(row, row["package"], sprintf("%s loads the store's client %s, which belongs in an adapter", [row.project, row.module])) if {
	some row in input.imports
	not row.test
	not row.type_only
	row["package"] in databases
	count(tags_of[row.project] & {"layer:adapter", "layer:tool", "layer:testing"}) == 0
	not regex.match(layers.composition_roots, row.file)
}

layers := data.layering_graph

tags_of[project] := tags if {
	some project in {row.project | some row in input.projects}
	tags := {tag | some row in input.projects; row.project == project; some tag in row.tags}
}

# What is judged by names alone is judged once per pair of project and package.
uses contains [row.project, row["package"], row.kind] if {
	some row in input.imports
	not row.test
}

forbidden contains [project, name] if {
	some [project, name, _] in uses
	leads_astray(project, name)
}

forbidden contains [project, name] if {
	some [project, name, _] in uses
	some tag in tags_of[project]
	packages.is_named(layers.rows[tag].banned_packages, name)
}

forbidden contains [project, name] if {
	some [project, name, "builtin"] in uses
	some tag in tags_of[project]
	some banned in layers.rows[tag].banned_builtins
	banned in {"*", name}
}

forbidden contains [project, name] if {
	some [project, name, "package"] in uses
	some tag in tags_of[project]
	count(layers.rows[tag].only_packages) > 0
	not packages.is_named(layers.rows[tag].only_packages, name)
}

forbidden contains [project, name] if {
	some [project, name, _] in uses
	some tag in tags_of[project]
	count(layers.rows[tag].only_modules) > 0
	not packages.is_named(layers.rows[tag].only_modules, name)
}

for_the_root contains [project, name] if {
	some [project, name, _] in uses
	some tag in tags_of[project]
	packages.is_named(layers.rows[tag].root_only_packages, name)
}

for_the_root contains [project, name] if {
	some [project, name, _] in uses
	some tag in tags_of[project]
	layers.rows[tag].adapters_in_root_only == true
	"layer:adapter" in tags_of[name]
}

databases contains name if {
	some [_, name, _] in uses
	packages.is_named(layers.databases, name)
}

is_forbidden(row) if [row.project, row["package"]] in forbidden

is_forbidden(row) if {
	[row.project, row["package"]] in for_the_root
	not regex.match(layers.composition_roots, row.file)
}

is_forbidden(row) if {
	row["package"] in {"http", "https"}
	row.kind == "builtin"
	some tag in tags_of[row.project]
	some name in row.names
	name in layers.rows[tag].banned_http_names
}

leads_astray(project, target) if {
	some tag in tags_of[project]
	may := {allowed | some allowed in layers.rows[tag].may}
	count(may) > 0
	count(tags_of[target] & may) == 0
}

leads_astray(project, target) if {
	some tag in tags_of[project]
	some avoided in layers.rows[tag].must_not
	avoided in tags_of[target]
}
