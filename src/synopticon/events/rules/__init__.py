"""The rules that are shipped, one small file each. ``events.catalogue`` lists them."""
