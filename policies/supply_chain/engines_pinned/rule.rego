# METADATA
# title: Node and TypeScript are the same everywhere
# description: >-
#   The lowest Node is the same in .nvmrc and in engines, CI tests every supported major version of it, and
#   TypeScript has the recorded version.
# scope: package
# custom:
#   id: supply_chain.engines_pinned
#   severity: high
#   category: supply_chain
#   requirements: [A29]
#   fix: Change all places and policies/data/packages.json together.
package arqonbus.supply_chain.engines_pinned

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"packages": {"root", "name", "node_engine"},
	"toolchain_versions": {"tool", "version"},
	"dependencies": {"name", "version"},
	"workflow_matrices": {"job", "variable", "values"},
	"workflow_steps": {"uses", "inputs"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.packages is missing") if not data.packages

deny contains report.finding(nowhere, "nvmrc", sprintf(".nvmrc does not say %s", [node])) if {
	{row.version | some row in input.toolchain_versions; row.tool == "node"; row.file == ".nvmrc"} != {node}
}

deny contains report.finding(row, row.file, sprintf("%s asks for Node %s, not %s", [row.file, row.version, node])) if {
	some row in input.toolchain_versions
	row.tool == "node"
	row.version != node
}

deny contains report.finding(nowhere, "engines", sprintf("the top manifest does not ask for Node >=%s", [node])) if {
	not sprintf(">=%s", [node]) in {row.node_engine | some row in input.packages; row.root == ""}
}

deny contains report.finding(row, row.name, sprintf("%s asks for Node %s, not >=%s", [row.name, row.node_engine, node])) if {
	some row in input.packages
	not row.node_engine in {"", sprintf(">=%s", [node])}
}

deny contains report.finding(nowhere, "matrix", sprintf("no workflow tests Node %s", [concat(" and ", data.packages.toolchain.node_majors)])) if {
	not tests_all
}

deny contains report.finding(row, row.job, sprintf("%s tests Node %s alone", [row.job, concat(", ", row.values)])) if {
	some row in input.workflow_matrices
	row.variable == "node"
	not is_whole(row)
}

deny contains report.finding(row, "node-version", sprintf("%s is given no supported version of Node", [row.uses])) if {
	some row in input.workflow_steps
	startswith(row.uses, "actions/setup-node@")
	not names_supported(row)
}

deny contains report.finding(row, "typescript", sprintf("TypeScript is %s, not %s", [row.version, data.packages.toolchain.typescript])) if {
	some row in input.dependencies
	row.name == "typescript"
	row.version != data.packages.toolchain.typescript
}

node := data.packages.toolchain.node

tests_all if {
	some row in input.workflow_matrices
	row.variable == "node"
	is_whole(row)
}

is_whole(row) if {value | some value in row.values} == {major | some major in data.packages.toolchain.node_majors}

names_supported(row) if "node-version-file=.nvmrc" in row.inputs

names_supported(row) if {
	some given in row.inputs
	regex.match(`^node-version=\$\{\{ *matrix\.node *\}\}$`, given)
}

names_supported(row) if {
	some major in data.packages.toolchain.node_majors
	sprintf("node-version=%s", [major]) in row.inputs
}

nowhere := {"file": "package.json", "line": 1, "project": "workspace"}
