"""What `import gan_lab` gives a program or a notebook: the commands' own work as functions. See README.md."""
