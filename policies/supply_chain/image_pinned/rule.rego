# METADATA
# title: Container images are pinned by digest
# description: >-
#   A tag of an image can be moved to other content. Dockerfiles, compose files, manifests of clusters and development containers
#   name images by a SHA-256 digest; workflows are judged by ci.action_pinned.
# scope: package
# custom:
#   id: supply_chain.image_pinned
#   severity: high
#   category: supply_chain
#   requirements: [M13, M14, J27]
#   fix: Look the digest up where the image lives and write name:tag@sha256:digest.
package arqonbus.supply_chain.image_pinned

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"container_images": {"image", "form"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.finding(row, row.image, sprintf("the image %s is not pinned to a digest", [row.image])) if {
	some row in input.container_images
	row.form != "unreadable"
	not regex.match(`@sha256:[0-9a-f]{64}$`, row.image)
}

deny contains report.finding(row, "images", sprintf("the images named here cannot be read: %s", [row.image])) if {
	some row in input.container_images
	row.form == "unreadable"
}
