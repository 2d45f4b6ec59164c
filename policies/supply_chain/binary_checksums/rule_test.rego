package arqonbus.supply_chain.binary_checksums_test

import data.arqonbus.supply_chain.binary_checksums as rule

locked := {
	"file": "package-lock.json",
	"line": 9000,
	"project": "workspace",
	"name": "ws",
	"version": "8.23.0",
}

checksum := {
	"file": "libs/transport/src/engine-checksums.ts",
	"line": 6,
	"project": "@arqonbus/transport",
	"binary": "uws_linux_x64_115.node",
	"checksum": "6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f",
	"described_version": "20.0.8",
}

comparison := {
	"file": "libs/transport/src/start-transport.ts",
	"line": 40,
	"project": "@arqonbus/transport",
	"kind": "comparison",
}

tables := {"locked_packages": [], "binary_checksums": [], "checksum_uses": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

packages := {"native_binaries": {"name": "uws-pack", "required": ["uws_linux_x64_115.node"]}}

test_finds_no_comparison if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"name": "uws-pack", "version": "20.0.8"}),
		],
		"binary_checksums": [
			checksum,
			object.union(checksum, {"binary": "uws_linux_x64_127.node"}),
			object.union(checksum, {"binary": "uws_linux_arm64_115.node"}),
			object.union(checksum, {"binary": "uws_linux_arm64_127.node"}),
		],
		"checksum_uses": [
			object.union(comparison, {"kind": "table"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_bumped if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"name": "uws-pack", "version": "20.1.0"}),
		],
		"binary_checksums": [
			checksum,
			object.union(checksum, {"binary": "uws_linux_x64_127.node"}),
			object.union(checksum, {"binary": "uws_linux_arm64_115.node"}),
			object.union(checksum, {"binary": "uws_linux_arm64_127.node"}),
		],
		"checksum_uses": [
			comparison,
			object.union(comparison, {"kind": "table"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_truncated if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"name": "uws-pack", "version": "20.0.8"}),
		],
		"binary_checksums": [
			checksum,
			object.union(checksum, {"binary": "uws_linux_x64_127.node"}),
			object.union(checksum, {"binary": "uws_linux_arm64_115.node"}),
			object.union(checksum, {"binary": "uws_linux_arm64_127.node"}),
			object.union(checksum, {"checksum": "6f"}),
		],
		"checksum_uses": [
			comparison,
			object.union(comparison, {"kind": "table"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_none if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"name": "uws-pack", "version": "20.0.8"}),
		],
		"checksum_uses": [
			comparison,
			object.union(comparison, {"kind": "table"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_no_table if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"name": "uws-pack", "version": "20.0.8"}),
		],
		"binary_checksums": [
			checksum,
			object.union(checksum, {"binary": "uws_linux_x64_127.node"}),
			object.union(checksum, {"binary": "uws_linux_arm64_115.node"}),
			object.union(checksum, {"binary": "uws_linux_arm64_127.node"}),
		],
		"checksum_uses": [
			comparison,
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_passes_whole if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"name": "uws-pack", "version": "20.0.8"}),
		],
		"binary_checksums": [
			checksum,
			object.union(checksum, {"binary": "uws_linux_x64_127.node"}),
			object.union(checksum, {"binary": "uws_linux_arm64_115.node"}),
			object.union(checksum, {"binary": "uws_linux_arm64_127.node"}),
		],
		"checksum_uses": [
			comparison,
			object.union(comparison, {"kind": "table"}),
		],
	})
		with data.packages as packages
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

test_denies_without_packages if {
	found := rule.deny with input as facts_of({}) with data.packages as false
	some finding in found
	finding.msg == "cannot judge: data.packages is missing"
}
