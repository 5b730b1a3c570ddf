"""The attribution of one dwelling put at disposal: candidates, commission, offers, lease (demande.md §6)."""
