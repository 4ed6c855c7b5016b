"""The pages, the report and the terminal: what people see of a site."""
