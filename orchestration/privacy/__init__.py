"""Personal data: finding it, erasing it, telling a person what is kept."""
