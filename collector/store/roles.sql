-- Who may read what on a ClickHouse server; run once by an administrator: `snag store roles`.
-- The embedded engine has one user: there the SQL endpoint's two readers stand for snag_ux and snag_sre.
CREATE ROLE IF NOT EXISTS snag_ux;
CREATE ROLE IF NOT EXISTS snag_sre;
CREATE ROLE IF NOT EXISTS snag_ingest;
CREATE ROLE IF NOT EXISTS snag_owner;

-- UX teams and support leads see what people met, and nothing of servers.
GRANT SELECT, SHOW ON snag_experience.* TO snag_ux;

-- SREs see both.
GRANT SELECT, SHOW ON snag_experience.* TO snag_sre;
GRANT SELECT, SHOW ON snag_performance.* TO snag_sre;

-- The collector's shipper only puts rows in.
GRANT INSERT ON snag_intake.* TO snag_ingest;
GRANT INSERT, SELECT ON snag_experience.* TO snag_ingest;
GRANT INSERT, SELECT ON snag_performance.* TO snag_ingest;

-- Migrations, retention, erasure and rollups.
GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE ON snag_experience.* TO snag_owner;
GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE ON snag_performance.* TO snag_owner;
GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW ON snag_intake.* TO snag_owner;
GRANT CLUSTER ON *.* TO snag_owner;
