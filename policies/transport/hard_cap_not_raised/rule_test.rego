package arqonbus.transport.hard_cap_not_raised_test

import data.arqonbus.transport.hard_cap_not_raised as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

row := {
	"file": "libs/errors/src/governed.ts",
	"line": 10,
	"project": "@arqonbus/errors",
	"group": "hard_caps",
	"name": "frameBytes",
	"value": "1048576",
	"number": 1048576,
	"base_value": "1048576",
	"change": "none",
	"readable": true,
}

all_caps := [row | some name, number in rule.ceilings; row := cap(name, number)]

cap(name, number) := object.union(row, {"name": name, "number": number})

others(name) := [one | some one in all_caps; one.name != name]

test_passes_the_approved if {
	denied := rule.deny with input as facts_of({"governed_identifiers": all_caps})
	denied == set()
}

test_denies_each_change if {
	every change in ["raised", "lowered", "added", "removed", "changed"] {
		denied := rule.deny with input as facts_of({"governed_identifiers": array.concat(others("frameBytes"), [object.union(row, {"change": change})])})
		count(denied) == 1
	}
}

test_denies_above_the_requirements if {
	denied := rule.deny with input as facts_of({"governed_identifiers": array.concat(others("inflateRatio"), [cap("inflateRatio", 9)])})
	{found.msg | some found in denied} == {"the hard cap inflateRatio is 9, the requirements allow 8"}
}

test_denies_what_cannot_be_read if {
	denied := rule.deny with input as facts_of({"governed_identifiers": array.concat(others("frameBytes"), [object.union(row, {"readable": false})])})
	count(denied) == 1
}

test_denies_a_cap_that_is_not_there if {
	denied := rule.deny with input as facts_of({"governed_identifiers": others("chunkBytes")})
	count(denied) == 1
}

test_leaves_other_groups if {
	other := object.union(row, {"group": "close_codes", "change": "removed"})
	denied := rule.deny with input as facts_of({"governed_identifiers": array.concat(all_caps, [other])})
	denied == set()
}
