"""What every page of gan_lab is made of: one file that fetches nothing, with curves, pictures over time and tables."""
