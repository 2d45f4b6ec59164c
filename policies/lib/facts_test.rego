package arqonbus.lib.facts_test

import data.arqonbus.lib.facts

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {"t": 1}}

row := {"file": "a.ts", "line": 1, "project": "p", "c": 1}

test_whole if facts.faults({"meta": meta, "t": [row]}, {"t": {"c"}}) == set()

test_without_meta if count(facts.faults({"t": [row]}, {"t": {"c"}})) > 0

test_each_meta_key if {
	every key in ["schema", "now", "base", "labels", "counts"] {
		count(facts.faults({"meta": object.remove(meta, [key]), "t": [row]}, {"t": {"c"}})) > 0
	}
}

test_other_schema if {
	facts.faults({"meta": object.union(meta, {"schema": 2}), "t": [row]}, {"t": {"c"}}) == {"meta.schema is not 1"}
}

test_without_table if facts.faults({"meta": meta}, {"t": {"c"}}) == {"the table t is missing"}

test_table_of_another_kind if facts.faults({"meta": meta, "t": {}}, {"t": {"c"}}) == {"the table t is missing"}

test_rows_lost if count(facts.faults({"meta": meta, "t": []}, {"t": {"c"}})) == 1

test_each_column if {
	every column in ["file", "line", "project", "c"] {
		facts.faults({"meta": meta, "t": [object.remove(row, [column])]}, {"t": {"c"}}) == {sprintf("t[0] lacks %s", [column])}
	}
}

test_null if facts.faults({"meta": meta, "t": [object.union(row, {"c": null})]}, {"t": {"c"}}) == {"t[0] has a null"}
