"""Whose fault friction is: usability, a technical issue, the user's own error, or infrastructure; and why we say so."""
