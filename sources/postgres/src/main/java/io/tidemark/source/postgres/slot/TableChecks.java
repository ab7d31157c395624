package io.tidemark.source.postgres.slot;

import io.tidemark.source.postgres.catalog.TableCatalog;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Tests whether single tables can be published and read. */
final class TableChecks {
    private static final String PERMISSIONS = """
            select has_schema_privilege(c.relnamespace, 'USAGE'),
                   has_table_privilege(c.oid, 'SELECT')
                     or not exists (select from pg_catalog.pg_attribute a
                                     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname = any (?)
                                       and not has_column_privilege(c.oid, a.attnum, 'SELECT')),
                   pg_has_role(c.relowner, 'USAGE'),
                   exists (select from pg_catalog.pg_publication_rel r join pg_catalog.pg_publication p on p.oid = r.prpubid
                            where r.prrelid = c.oid and p.pubname = any (?))
                     or exists (select from pg_catalog.pg_publication p where p.pubname = any (?) and p.puballtables),
                   pg_catalog.pg_get_userbyid(c.relowner),
                   c.relrowsecurity and row_security_active(c.oid)
              from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where n.nspname = ? and c.relname = ?
            """;

    private final Connection connection;
    private final String user;
    private final CaptureNames names;

    TableChecks(Connection connection, String user, CaptureNames names) {
        this.connection = connection;
        this.user = user;
        this.names = names;
    }

    List<Finding> run(TableCatalog catalog, TableId id, TableScope scope) throws SQLException {
        String subject = "table " + id;
        String leftOut = catalog.leftOut().get(id);
        if (leftOut != null) {
            return List.of(Finding.failed(
                    ErrorCode.SOURCE_TYPE,
                    subject,
                    "table " + id + " cannot be captured: " + leftOut,
                    "Exclude the table."));
        }
        SourceTable table = catalog.tables().get(id);
        if (table == null) {
            return List.of(missing(id));
        }
        List<Finding> findings = new ArrayList<>(permissions(table.within(scope)));
        boolean isDecodable = true;
        List<String> notices = new ArrayList<>(table.notices());
        List<Finding> failures = new ArrayList<>();
        for (TableCatalog.UnsupportedColumn column : catalog.unsupportedColumns(id)) {
            if (scope.omits(column.name(), column.number())) {
                notices.remove(column.notice());
                continue;
            }
            isDecodable = false;
            failures.add(Finding.failed(
                    column.problem().code(),
                    subject,
                    column.problem().reason(),
                    column.problem().remedy()));
        }
        for (String notice : notices) {
            findings.add(Finding.warning(subject, "table " + id + ": " + notice, ""));
        }
        findings.addAll(failures);
        if (findings.isEmpty() && isDecodable) {
            List<String> key = table.schema().key();
            findings.add(Finding.ok(subject, key.isEmpty() ? "no key" : "key " + String.join(", ", key)));
        }
        return findings;
    }

    static Finding missing(TableId id) {
        return Finding.failed(
                ErrorCode.SOURCE_TABLE_MISSING,
                "table " + id,
                "table " + id + " does not exist in this database",
                "Correct its name (upper and lower case count), create it, or take it out of the pipeline.");
    }

    /** What the role lacks to publish a table, and to read the part of it that is mirrored. */
    List<Finding> permissions(SourceTable table) throws SQLException {
        TableId id = table.id();
        try (PreparedStatement statement = connection.prepareStatement(PERMISSIONS)) {
            Object[] columns =
                    table.schema().columns().stream().map(Column::name).toArray();
            Object[] publications = names.publications().toArray();
            statement.setArray(1, connection.createArrayOf("text", columns));
            statement.setArray(2, connection.createArrayOf("text", publications));
            statement.setArray(3, connection.createArrayOf("text", publications));
            statement.setString(4, id.schema());
            statement.setString(5, id.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? permissions(id, row) : List.of(missing(id));
            }
        }
    }

    private List<Finding> permissions(TableId id, ResultSet row) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        String subject = "table " + id;
        String role = TableId.quote(user);
        if (!row.getBoolean(1) || !row.getBoolean(2)) {
            findings.add(Finding.failed(
                    ErrorCode.SOURCE_PERMISSION,
                    subject,
                    "role " + user + " may not read table " + id,
                    "Run: GRANT USAGE ON SCHEMA " + TableId.quote(id.schema()) + " TO " + role + "; GRANT SELECT ON "
                            + id.quoted() + " TO " + role + ";"));
        }
        if (!row.getBoolean(3) && !row.getBoolean(4)) {
            findings.add(Finding.failed(
                    ErrorCode.SOURCE_PERMISSION,
                    subject,
                    "role " + user + " does not own table " + id + ", which adding it to a publication needs",
                    "Run: GRANT " + TableId.quote(row.getString(5)) + " TO " + role + "; or let its owner publish it: "
                            + "ALTER PUBLICATION " + TableId.quote(names.publication()) + " ADD TABLE ONLY "
                            + id.quoted() + ";"));
        }
        if (row.getBoolean(6)) {
            findings.add(Finding.failed(
                    ErrorCode.SOURCE_PERMISSION,
                    subject,
                    "row-level security hides rows of table " + id + " from role " + user,
                    "Run: ALTER ROLE " + role + " BYPASSRLS;"));
        }
        return findings;
    }
}
