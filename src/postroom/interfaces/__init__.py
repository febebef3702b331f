"""What each family of plug-ins and each store promises."""
