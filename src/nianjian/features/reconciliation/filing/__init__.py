"""Own registers against an export of the number-resource system (码号资源管理系统)."""
