"""`python -m gan_lab.explore`: a page that generates images in the browser, to play with trained models."""
