"""What a trained network is for: classify drawings and photos, be evaluated, be exported."""
