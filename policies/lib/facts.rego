# METADATA
# title: Whether the facts are whole
# description: >-
#   A rule that finds nothing in facts that are not there would pass. Each rule therefore denies what this package finds missing in
#   the tables and columns that it reads.
package arqonbus.lib.facts

# What every row says: where it was read.
place := {"file", "line", "project"}

# What the facts say of themselves.
about := {"schema", "now", "base", "labels", "counts"}

# METADATA
# description: >-
#   One message for each hole in `doc`. `tables` maps the name of each table that the rule reads to the set of columns it reads there.
faults(doc, tables) := (about_faults(doc) | table_faults(doc, tables)) | row_faults(doc, tables)

about_faults(doc) := {sprintf("meta lacks %s", [key]) | some key in missing} if {
	missing := about - object.keys(object.get(doc, "meta", {}))
	count(missing) > 0
} else := {"meta.schema is not 1"} if {
	doc.meta.schema != 1
} else := set()

table_faults(doc, tables) := {fault |
	some table in object.keys(tables)
	fault := table_fault(doc, table)
}

table_fault(doc, table) := sprintf("the table %s is missing", [table]) if {
	not is_array(object.get(doc, table, null))
} else := sprintf("the table %s has not as many rows as meta.counts says", [table]) if {
	count(doc[table]) != object.get(doc, ["meta", "counts", table], -1)
}

row_faults(doc, tables) := {fault |
	some table, columns in tables
	required := place | columns
	some i, row in doc[table]
	fault := row_fault(table, i, row, required)
}

row_fault(table, i, row, required) := sprintf("%s[%d] lacks %s", [table, i, concat(", ", sort(missing))]) if {
	missing := required - object.keys(row)
	count(missing) > 0
} else := sprintf("%s[%d] has a null", [table, i]) if {
	null in row
}
