"""数据关 (合规画像): what light the regulator will see, why, and what would change it (guide, section 数据关; D1-D5)."""
