"""The published interfaces, generated from the code: event schemas, AsyncAPI, OpenAPI; a breaking change is refused by name."""
