# METADATA
# title: A package names its version
# description: >-
#   A break goes into a new package beside the old one, so each package ends with its major version, and its files lie in the folder
#   of that name.
# scope: package
# custom:
#   id: protocol.package_versioned
#   severity: medium
#   category: protocol
#   requirements: [B22, B23, J5]
#   fix: Name the package arqon.<area>.v<N> or continuum.<area>.v<N> and put the file into the folder of that name.
package arqonbus.protocol.package_versioned

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"proto_files": {"path", "package"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.path, sprintf("%s: the package %s does not end with a version", [row.path, row["package"]])) if {
	some row in input.proto_files
	not regex.match(`^(arqon|continuum)(\.[a-z][a-z0-9_]*)*\.v[1-9][0-9]*$`, row["package"])
}

deny contains report.finding(row, row.path, sprintf("%s does not lie in the folder of its package %s", [row.path, row["package"]])) if {
	some row in input.proto_files
	folder := concat("/", array.slice(split(row.path, "/"), 0, count(split(row.path, "/")) - 1))
	folder != replace(row["package"], ".", "/")
}
