"""The Helm chart (snagwatch/) and the programs that generate its schema and README."""
