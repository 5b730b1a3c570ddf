"""Mail, letters and webhooks: what people and systems are told, when the law says it."""
