"""The shipped kinds of nodes, one file each; `postroom.discovery` finds them."""
