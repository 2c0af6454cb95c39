"""Comparison (一致性比对): registers with exports, people three ways, call sources and bills."""
