"""`python -m gan_lab.explain`: explains divergences and critics with figures and numbers."""
