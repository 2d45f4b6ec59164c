# METADATA
# title: Names of packages
# description: Lists of packages name a package, or a scope such as `@nats-io` for all packages in it.
package arqonbus.lib.packages

# METADATA
# description: Whether a list of packages names this one.
# scope: document
is_named(names, name) if name in names

is_named(names, name) if {
	startswith(name, "@")
	split(name, "/")[0] in names
}
