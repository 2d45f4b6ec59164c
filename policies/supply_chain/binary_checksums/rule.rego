# METADATA
# title: Native binaries are compared with their checksums
# description: >-
#   The engine of the transport is native code. Its binaries are listed with SHA-256 checksums of the locked
#   version, and production code compares before it loads.
# scope: package
# custom:
#   id: supply_chain.binary_checksums
#   severity: critical
#   category: supply_chain
#   requirements: [M14, A25]
#   fix: Write the checksums of the new version into libs/transport/src/engine-checksums.ts in the same commit.
package arqonbus.supply_chain.binary_checksums

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"locked_packages": {"name", "version"},
	"binary_checksums": {"binary", "checksum", "described_version"},
	"checksum_uses": {"kind"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.packages is missing") if not data.packages

deny contains report.finding(nowhere, binary, sprintf("there is no checksum for %s", [binary])) if {
	some binary in data.packages.native_binaries.required
	not binary in {row.binary | some row in input.binary_checksums}
}

deny contains report.finding(row, row.binary, sprintf("the checksum of %s is no SHA-256", [row.binary])) if {
	some row in input.binary_checksums
	not regex.match(`^[0-9a-f]{64}$`, row.checksum)
}

deny contains report.finding(row, row.name, sprintf("%s %s is locked; the checksums are of another version", [row.name, row.version])) if {
	some row in input.locked_packages
	row.name == data.packages.native_binaries.name
	{checksum.described_version | some checksum in input.binary_checksums} != {row.version}
}

deny contains report.finding(nowhere, kind, sprintf("production code has no %s of checksums", [kind])) if {
	some kind in {"comparison", "table"}
	not kind in {row.kind | some row in input.checksum_uses}
}

nowhere := {"file": "libs/transport/src/engine-checksums.ts", "line": 1, "project": "@arqonbus/transport"}
