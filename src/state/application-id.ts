/** `PRAGMA application_id` of the exporter's own SQLite files, 'erpx': whoever reads SQLite files knows ours by it. */
export const applicationId = 0x65727078;
