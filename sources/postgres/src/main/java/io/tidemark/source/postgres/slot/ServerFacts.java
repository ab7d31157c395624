package io.tidemark.source.postgres.slot;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What capture needs of the server and of the role.
 *
 * @param version version as the server tells it
 * @param major major version
 * @param walLevel {@code wal_level}
 * @param isStandby whether the server is a standby
 * @param encoding encoding of the database
 * @param slotsMax {@code max_replication_slots}
 * @param slots slots that exist
 * @param sendersMax {@code max_wal_senders}
 * @param senders processes that send log
 * @param keepLimit {@code max_slot_wal_keep_size} as written, -1 for none
 * @param mayReplicate whether the role may use slots
 * @param mayCreate whether the role may create publications in the database
 * @param database name of the database
 */
record ServerFacts(
        String version,
        int major,
        String walLevel,
        boolean isStandby,
        String encoding,
        int slotsMax,
        int slots,
        int sendersMax,
        int senders,
        String keepLimit,
        boolean mayReplicate,
        boolean mayCreate,
        String database) {
    /** RDS gives the permission through membership in a role of its own. */
    private static final String QUERY = """
            select current_setting('server_version'), current_setting('server_version_num')::int / 10000, current_setting('wal_level'),
                   pg_is_in_recovery(), current_setting('server_encoding'),
                   current_setting('max_replication_slots')::int, (select count(*) from pg_catalog.pg_replication_slots),
                   current_setting('max_wal_senders')::int, (select count(*) from pg_catalog.pg_stat_replication),
                   current_setting('max_slot_wal_keep_size'),
                   exists (select from pg_catalog.pg_roles r where r.rolname = current_user and (r.rolsuper or r.rolreplication))
                     or exists (select from pg_catalog.pg_roles r where r.rolname = 'rds_replication'
                                 and pg_has_role(current_user, r.oid, 'member')),
                   has_database_privilege(current_database(), 'CREATE'), current_database()
            """;

    static ServerFacts load(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            return new ServerFacts(
                    row.getString(1),
                    row.getInt(2),
                    row.getString(3),
                    row.getBoolean(4),
                    row.getString(5),
                    row.getInt(6),
                    row.getInt(7),
                    row.getInt(8),
                    row.getInt(9),
                    row.getString(10),
                    row.getBoolean(11),
                    row.getBoolean(12),
                    row.getString(13));
        }
    }
}
