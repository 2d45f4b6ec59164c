package arqonbus.protocol.package_versioned_test

import data.arqonbus.protocol.package_versioned as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

row := {
	"file": "proto/arqon/v1/command.proto",
	"line": 4,
	"project": "proto",
	"path": "arqon/v1/command.proto",
	"package": "arqon.v1",
	"syntax": "proto3",
}

test_passes_versions if {
	denied := rule.deny with input as facts_of({"proto_files": [row, object.union(row, {"path": "arqon/link/v2/link.proto", "package": "arqon.link.v2"})]})
	denied == set()
}

test_denies_without_version if {
	every name in ["arqon", "arqon.v0", "arqon.v1.link", "other.v1"] {
		denied := rule.deny with input as facts_of({"proto_files": [object.union(row, {"path": sprintf("%s/a.proto", [replace(name, ".", "/")]), "package": name})]})
		count(denied) == 1
	}
}

test_denies_another_folder if {
	denied := rule.deny with input as facts_of({"proto_files": [object.union(row, {"path": "arqon/v2/command.proto"})]})
	count(denied) == 1
}

test_passes_the_episodes_of_continuum if {
	episode := object.union(row, {"path": "continuum/episode/v1/episode.proto", "package": "continuum.episode.v1"})
	denied := rule.deny with input as facts_of({"proto_files": [episode]})
	denied == set()
}
