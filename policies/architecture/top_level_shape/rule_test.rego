package arqonbus.architecture.top_level_shape_test

import data.arqonbus.architecture.top_level_shape as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_top_level_entries(changes) := object.union(
	{
		"file": "apps/cli/package.json",
		"line": 1,
		"project": "workspace",
		"name": "apps",
		"folder": true,
	},
	changes,
)

test_denies_a_folder if {
	tables := {
		"top_level_entries": [
			row_of_top_level_entries({"file": "apps/x.md", "name": "apps", "folder": true}),
			row_of_top_level_entries({"file": "libs/x.md", "name": "libs", "folder": true}),
			row_of_top_level_entries({"file": "proto/x.md", "name": "proto", "folder": true}),
			row_of_top_level_entries({"file": "policies/x.md", "name": "policies", "folder": true}),
			row_of_top_level_entries({"file": "tools/x.md", "name": "tools", "folder": true}),
			row_of_top_level_entries({"file": "docs/x.md", "name": "docs", "folder": true}),
			row_of_top_level_entries({"file": ".github/x.md", "name": ".github", "folder": true}),
			row_of_top_level_entries({"file": "nx.json", "name": "nx.json", "folder": false}),
			row_of_top_level_entries({"file": "package.json", "name": "package.json", "folder": false}),
			row_of_top_level_entries({"file": "services/x.md", "name": "services", "folder": true}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	{found.subject | some found in denied} == {"services"}
}

test_denies_a_file_instead if {
	tables := {
		"top_level_entries": [
			row_of_top_level_entries({"file": "apps/x.md", "name": "apps", "folder": true}),
			row_of_top_level_entries({"file": "libs/x.md", "name": "libs", "folder": true}),
			row_of_top_level_entries({"file": "proto/x.md", "name": "proto", "folder": true}),
			row_of_top_level_entries({"file": "policies/x.md", "name": "policies", "folder": true}),
			row_of_top_level_entries({"file": "tools/x.md", "name": "tools", "folder": true}),
			row_of_top_level_entries({"file": "docs/x.md", "name": "docs", "folder": true}),
			row_of_top_level_entries({"file": ".github/x.md", "name": ".github", "folder": true}),
			row_of_top_level_entries({"file": "nx.json", "name": "nx.json", "folder": false}),
			row_of_top_level_entries({"file": "package.json", "name": "package.json", "folder": false}),
			row_of_top_level_entries({"file": "run.sh", "name": "run.sh", "folder": false}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	{found.subject | some found in denied} == {"run.sh"}
}

test_denies_nothing_of_policies if {
	tables := {
		"top_level_entries": [
			row_of_top_level_entries({"file": "apps/x.md", "name": "apps", "folder": true}),
			row_of_top_level_entries({"file": "libs/x.md", "name": "libs", "folder": true}),
			row_of_top_level_entries({"file": "proto/x.md", "name": "proto", "folder": true}),
			row_of_top_level_entries({"file": "tools/x.md", "name": "tools", "folder": true}),
			row_of_top_level_entries({"file": "docs/x.md", "name": "docs", "folder": true}),
			row_of_top_level_entries({"file": ".github/x.md", "name": ".github", "folder": true}),
			row_of_top_level_entries({"file": "nx.json", "name": "nx.json", "folder": false}),
			row_of_top_level_entries({"file": "package.json", "name": "package.json", "folder": false}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	{found.subject | some found in denied} == {"policies"}
}

test_passes_the_shape if {
	tables := {
		"top_level_entries": [
			row_of_top_level_entries({"file": "apps/x.md", "name": "apps", "folder": true}),
			row_of_top_level_entries({"file": "libs/x.md", "name": "libs", "folder": true}),
			row_of_top_level_entries({"file": "proto/x.md", "name": "proto", "folder": true}),
			row_of_top_level_entries({"file": "policies/x.md", "name": "policies", "folder": true}),
			row_of_top_level_entries({"file": "tools/x.md", "name": "tools", "folder": true}),
			row_of_top_level_entries({"file": "docs/x.md", "name": "docs", "folder": true}),
			row_of_top_level_entries({"file": ".github/x.md", "name": ".github", "folder": true}),
			row_of_top_level_entries({"file": "nx.json", "name": "nx.json", "folder": false}),
			row_of_top_level_entries({"file": "package.json", "name": "package.json", "folder": false}),
			row_of_top_level_entries({"file": "README.md", "name": "README.md", "folder": false}),
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
	denied := rule.deny with input as facts_of({"top_level_entries": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
