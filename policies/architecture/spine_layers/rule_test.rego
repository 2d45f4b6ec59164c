package arqonbus.architecture.spine_layers_test

import data.arqonbus.architecture.spine_layers as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_spine_imports(changes) := object.union(
	{
		"file": "apps/spine/src/routing/intake.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"from": "commands",
		"to": "routing",
		"target": "index.ts",
		"type_only": false,
	},
	changes,
)

test_denies_an_inner_file if {
	tables := {
		"spine_imports": [row_of_spine_imports({"target": "intake.ts"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "routing/intake.ts"
	not startswith(found.msg, "cannot judge")
}

test_denies_around_a_layer if {
	tables := {
		"spine_imports": [row_of_spine_imports({"from": "transport", "to": "history", "target": "history.ts"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "transport history"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_value_where_types_may if {
	tables := {
		"spine_imports": [row_of_spine_imports({"from": "routing", "to": "durable", "target": "durable-log.ts"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "routing durable"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_new_folder if {
	tables := {
		"spine_imports": [row_of_spine_imports({"from": "plugins", "to": "routing"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "plugins routing"
	not startswith(found.msg, "cannot judge")
}

test_passes_the_public_file if {
	tables := {
		"spine_imports": [row_of_spine_imports({})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_a_type_inward if {
	tables := {
		"spine_imports": [row_of_spine_imports({"from": "telemetry", "to": "routing", "type_only": true})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_from_the_composition if {
	tables := {
		"spine_imports": [row_of_spine_imports({"from": ".", "to": "durable", "target": "store-gate.ts"})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"spine_imports": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
