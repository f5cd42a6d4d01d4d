"""The wheel, installed away from the checkout: whether every command works there. `make test-wheel` runs this."""
