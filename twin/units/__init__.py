"""Unit operations of a production train, and the material that flows through them."""
