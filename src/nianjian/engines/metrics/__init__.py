"""数据关 (合规画像): what light the regulator will see, why, and what would change it (D1-D5)."""
