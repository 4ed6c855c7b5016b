"""Tools of development: generators and the linter of Grafana boards. Not part of the product."""
