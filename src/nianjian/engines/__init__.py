"""Plain Python without Django: values, the law's rules, the lake, and what is computed from them."""
