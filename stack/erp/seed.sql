-- The demo ERP on SQL Server, for sqlcmd: its database, its tables, and two logins. It can be run repeatedly.
-- $(EXPORTER_PASSWORD) and $(LINK_PASSWORD) are variables of sqlcmd, taken from the environment.

-- UTF-8, so that the texts of the demo fit into varchar, as in many current ERPs.
IF DB_ID('ERP') IS NULL CREATE DATABASE ERP COLLATE Latin1_General_100_CI_AS_SC_UTF8;
GO
-- Readers see the last committed version instead of waiting for writers.
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = 'ERP' AND is_read_committed_snapshot_on = 0)
  ALTER DATABASE ERP SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
GO
USE ERP;
GO

-- datetime2 has no zone: like many ERPs, this one stores the local time of its server.
IF OBJECT_ID('dbo.sales_orders') IS NULL
  CREATE TABLE dbo.sales_orders (
    document_no varchar(20) NOT NULL PRIMARY KEY,
    company varchar(20) NOT NULL,
    external_no varchar(20) NOT NULL UNIQUE,
    customer varchar(200) NOT NULL,
    booked_at datetime2(3) NOT NULL,
    total decimal(12,2) NOT NULL,
    currency char(3) NOT NULL,
    payment_status char(1) NOT NULL CHECK (payment_status IN ('P', 'O')),
    INDEX sales_orders_booked_at (booked_at)
  );
IF OBJECT_ID('dbo.payment_entries') IS NULL
  CREATE TABLE dbo.payment_entries (
    entry_no varchar(20) NOT NULL PRIMARY KEY,
    company varchar(20) NOT NULL,
    external_no varchar(20) NOT NULL,
    order_number varchar(20) NOT NULL,
    booked_at datetime2(3) NOT NULL,
    amount decimal(12,2) NOT NULL,
    currency char(3) NOT NULL,
    INDEX payment_entries_external_no (external_no),
    INDEX payment_entries_booked_at (booked_at)
  );
IF OBJECT_ID('dbo.invoices') IS NULL
  CREATE TABLE dbo.invoices (
    invoice_no varchar(20) NOT NULL PRIMARY KEY,
    company varchar(20) NOT NULL,
    order_number varchar(20) NOT NULL,
    posted_at datetime2(3) NOT NULL,
    portal_state varchar(20) NOT NULL CHECK (portal_state IN ('posted', 'published', 'failed')),
    published_at datetime2(3),
    failed_at datetime2(3),
    error_message varchar(2000),
    error_code varchar(50),
    api_call varchar(200),
    total decimal(12,2) NOT NULL,
    currency char(3) NOT NULL,
    INDEX invoices_posted_at (posted_at)
  );
IF OBJECT_ID('dbo.datamove_jobs') IS NULL
  CREATE TABLE dbo.datamove_jobs (
    company varchar(20) NOT NULL,
    name varchar(50) NOT NULL,
    description varchar(200) NOT NULL,
    enabled bit NOT NULL,
    PRIMARY KEY (company, name)
  );
IF OBJECT_ID('dbo.datamove_runs') IS NULL
  CREATE TABLE dbo.datamove_runs (
    run_id bigint NOT NULL PRIMARY KEY,
    company varchar(20) NOT NULL,
    job varchar(50) NOT NULL,
    started_at datetime2(3) NOT NULL,
    finished_at datetime2(3),
    status varchar(20) NOT NULL CHECK (status IN ('running', 'succeeded', 'failed')),
    rows_moved int,
    message varchar(2000),
    INDEX datamove_runs_started_at (company, job, started_at)
  );
IF OBJECT_ID('dbo.crm_sync_log') IS NULL
  CREATE TABLE dbo.crm_sync_log (
    sync_id bigint NOT NULL PRIMARY KEY,
    company varchar(20) NOT NULL,
    done_at datetimeoffset(3) NOT NULL,
    accepted int NOT NULL,
    rejected int NOT NULL,
    message varchar(2000),
    INDEX crm_sync_log_done_at (company, done_at)
  );
GO

-- The exporter's login may only read.
IF SUSER_ID('exporter') IS NULL CREATE LOGIN exporter WITH PASSWORD = '$(EXPORTER_PASSWORD)';
IF USER_ID('exporter') IS NULL CREATE USER exporter FOR LOGIN exporter;
GRANT SELECT ON SCHEMA::dbo TO exporter;
-- The login of the integration, which the demo simulates.
IF SUSER_ID('link') IS NULL CREATE LOGIN link WITH PASSWORD = '$(LINK_PASSWORD)';
IF USER_ID('link') IS NULL CREATE USER link FOR LOGIN link;
GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::dbo TO link;
GO
