"""The columns of every register: headers as in the contract, other spellings that are met, and what they mean."""
