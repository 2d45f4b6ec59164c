# METADATA
# title: Named allowances
# description: >-
#   A rule may allow places by name, in data.allowed_patterns. Each entry says why, where, and for which columns of the row; a column
#   that the row has not is no match.
package arqonbus.lib.allowed

# METADATA
# description: Whether an entry for this rule covers the row. `file` is a glob, every other key the value of a column.
covers(rule, row) if {
	some entry in data.allowed_patterns[rule]
	entry.reason != ""
	glob.match(entry.file, ["/"], row.file)
	every column, value in object.remove(entry, ["file", "reason"]) {
		row[column] == value
	}
}
