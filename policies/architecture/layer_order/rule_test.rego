package arqonbus.architecture.layer_order_test

import data.arqonbus.architecture.layer_order as rule

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
		"kind": "package",
		"package": "zod",
		"type_only": false,
		"test": false,
		"names": ["a"],
	},
	changes,
)

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"tags": ["role:spine", "layer:app"],
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
		"tested": false,
		"declared": "dependencies",
	},
	changes,
)

test_denies_a_port_in_the_domain if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "libs/envelope/src/a.ts",
				"project": "@arqonbus/envelope",
				"module": "@arqonbus/storage",
				"kind": "workspace",
				"package": "@arqonbus/storage",
			}),
		],
		"projects": [
			row_of_projects({"file": "libs/envelope/package.json", "project": "@arqonbus/envelope", "tags": ["role:domain", "layer:domain"]}),
			row_of_projects({"file": "libs/storage/package.json", "project": "@arqonbus/storage", "tags": ["role:storage", "layer:port"]}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/storage"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_database_in_a_port if {
	tables := {
		"imports": [
			row_of_imports({"file": "libs/telemetry/src/pool.ts", "project": "@arqonbus/telemetry", "module": "pg", "package": "pg"}),
		],
		"projects": [
			row_of_projects({"file": "libs/telemetry/package.json", "project": "@arqonbus/telemetry", "tags": ["role:telemetry", "layer:port"]}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "pg"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_database_of_no_row if {
	tables := {
		"imports": [
			row_of_imports({"file": "libs/telemetry/src/pool.ts", "project": "@arqonbus/telemetry", "module": "mongodb", "package": "mongodb"}),
		],
		"projects": [
			row_of_projects({"file": "libs/telemetry/package.json", "project": "@arqonbus/telemetry", "tags": ["role:telemetry", "layer:port"]}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "mongodb"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_built_in_in_the_domain if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "libs/envelope/src/a.ts",
				"project": "@arqonbus/envelope",
				"module": "fs",
				"kind": "builtin",
				"package": "fs",
			}),
		],
		"projects": [
			row_of_projects({"file": "libs/envelope/package.json", "project": "@arqonbus/envelope", "tags": ["role:domain", "layer:domain"]}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "fs"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_app_in_a_library if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "libs/auth/src/a.ts",
				"project": "@arqonbus/auth",
				"module": "../../../apps/spine/src/bus.js",
				"kind": "relative",
				"package": "@arqonbus/spine",
			}),
		],
		"projects": [
			row_of_projects({"file": "libs/auth/package.json", "project": "@arqonbus/auth", "tags": ["role:auth", "layer:port"]}),
			row_of_projects({"file": "apps/spine/package.json", "project": "@arqonbus/spine", "tags": ["role:spine", "layer:app"]}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/spine"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_tool_in_an_app if {
	tables := {
		"imports": [row_of_imports({"module": "@arqonbus/bench", "kind": "workspace", "package": "@arqonbus/bench"})],
		"projects": [
			row_of_projects({"file": "apps/spine/package.json", "project": "@arqonbus/spine", "tags": ["role:spine", "layer:app"]}),
			row_of_projects({"file": "tools/bench/package.json", "project": "@arqonbus/bench", "tags": ["role:tool", "layer:tool"]}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/bench"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_adapter_outside_the_composition_root if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/spine/src/routing/a.ts",
				"module": "@arqonbus/storage-redis",
				"kind": "workspace",
				"package": "@arqonbus/storage-redis",
			}),
		],
		"projects": [
			row_of_projects({"file": "apps/spine/package.json", "project": "@arqonbus/spine", "tags": ["role:spine", "layer:app"]}),
			row_of_projects({
				"file": "libs/storage-redis/package.json",
				"project": "@arqonbus/storage-redis",
				"tags": ["role:storage-redis", "layer:adapter"],
			}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/storage-redis"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_module_of_no_list if {
	tables := {
		"imports": [row_of_imports({"file": "libs/casil/src/a.ts", "project": "@arqonbus/casil", "module": "re2", "package": "re2"})],
		"projects": [
			row_of_projects({"file": "libs/casil/package.json", "project": "@arqonbus/casil", "tags": ["role:casil", "layer:domain"]}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "re2"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_package_in_a_contract if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "libs/errors/src/a.ts",
				"project": "@arqonbus/errors",
				"module": "zod",
				"package": "zod",
				"type_only": true,
			}),
		],
		"projects": [
			row_of_projects({"file": "libs/errors/package.json", "project": "@arqonbus/errors", "tags": ["role:contract", "layer:contract"]}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "zod"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_declared_dependency if {
	tables := {
		"imports": [],
		"projects": [
			row_of_projects({"file": "apps/shield/package.json", "project": "@arqonbus/shield", "tags": ["role:shield", "layer:app"]}),
			row_of_projects({"file": "libs/storage/package.json", "project": "@arqonbus/storage", "tags": ["role:storage", "layer:port"]}),
		],
		"project_edges": [
			row_of_project_edges({"file": "apps/shield/package.json", "project": "@arqonbus/shield", "to": "@arqonbus/storage", "imported": false}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/storage"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_test if {
	tables := {
		"imports": [],
		"projects": [
			row_of_projects({"file": "libs/envelope/package.json", "project": "@arqonbus/envelope", "tags": ["role:domain", "layer:domain"]}),
			row_of_projects({"file": "apps/spine/package.json", "project": "@arqonbus/spine", "tags": ["role:spine", "layer:app"]}),
		],
		"project_edges": [
			row_of_project_edges({
				"file": "libs/envelope/src/a.test.ts",
				"project": "@arqonbus/envelope",
				"to": "@arqonbus/spine",
				"imported": false,
				"tested": true,
				"declared": "",
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/spine"
	not startswith(found.msg, "cannot judge")
}

test_passes_inward if {
	tables := {
		"imports": [row_of_imports({"module": "@arqonbus/errors", "kind": "workspace", "package": "@arqonbus/errors"})],
		"projects": [
			row_of_projects({"file": "apps/spine/package.json", "project": "@arqonbus/spine", "tags": ["role:spine", "layer:app"]}),
			row_of_projects({"file": "libs/errors/package.json", "project": "@arqonbus/errors", "tags": ["role:contract", "layer:contract"]}),
		],
		"project_edges": [row_of_project_edges({})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_the_composition_root if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/spine/src/compose-store.ts",
				"module": "@arqonbus/storage-redis",
				"kind": "workspace",
				"package": "@arqonbus/storage-redis",
			}),
		],
		"projects": [
			row_of_projects({"file": "apps/spine/package.json", "project": "@arqonbus/spine", "tags": ["role:spine", "layer:app"]}),
			row_of_projects({
				"file": "libs/storage-redis/package.json",
				"project": "@arqonbus/storage-redis",
				"tags": ["role:storage-redis", "layer:adapter"],
			}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_tests_with_the_test_kit if {
	tables := {
		"imports": [],
		"projects": [
			row_of_projects({"file": "libs/envelope/package.json", "project": "@arqonbus/envelope", "tags": ["role:domain", "layer:domain"]}),
			row_of_projects({"file": "libs/testkit/package.json", "project": "@arqonbus/testkit", "tags": ["role:testing", "layer:testing"]}),
		],
		"project_edges": [
			row_of_project_edges({
				"project": "@arqonbus/envelope",
				"to": "@arqonbus/testkit",
				"imported": false,
				"tested": true,
				"declared": "devDependencies",
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_an_adapter_with_its_client if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "libs/storage-redis/src/a.ts",
				"project": "@arqonbus/storage-redis",
				"module": "ioredis",
				"package": "ioredis",
			}),
		],
		"projects": [
			row_of_projects({
				"file": "libs/storage-redis/package.json",
				"project": "@arqonbus/storage-redis",
				"tags": ["role:storage-redis", "layer:adapter"],
			}),
		],
		"project_edges": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"imports": [], "projects": [], "project_edges": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}
